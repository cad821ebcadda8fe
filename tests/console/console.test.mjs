// The console in a real browser, on traffic that was made up and delivered as instances deliver.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { PASSWORD, SCREENS, browser, open, signIn, start } from "./support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let plane;
let chrome;
before(async () => {
  [plane, chrome] = await Promise.all([start(), browser()]);
});
after(async () => {
  await chrome?.close();
  await plane?.stop();
});

/** A page that is closed afterwards, and in which nothing went wrong. */
async function within(options, body) {
  const { page, context, trouble } = await open(chrome, plane.url, options);
  try {
    await body(page, context);
    assert.deepEqual(trouble, []);
  } finally {
    await context.close();
  }
}

const address = (page) => new URL(page.url()).pathname + new URL(page.url()).search;

test("a wrong password is one sentence, and the right one opens the screen that was asked for", () =>
  within({}, async (page) => {
    await page.goto(`${plane.url}/callers?range=7d`);
    await page.getByLabel("Name").fill("demo");
    await page.getByLabel("Password", { exact: true }).fill("not it, not it");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").getByText("The name, the password or the code is not right.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Callers" }).waitFor();
    assert.equal(address(page), "/callers?range=7d");
  }));

test("a session that ends leads to sign-in and back to the same place", () =>
  within({}, async (page, context) => {
    await signIn(page, plane.url, "/events?range=7d&outcome=blocked");
    await page.locator(".event").first().waitFor();
    await context.clearCookies();
    await page.getByRole("link", { name: "Callers" }).click();
    await page.getByText("Your session has ended.").waitFor();
    await page.getByLabel("Name").fill("demo");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Callers" }).waitFor();
    assert.equal(address(page), "/callers?range=7d&outcome=blocked");
  }));

for (const theme of ["light", "dark"]) {
  test(`every screen is accessible and makes no trouble, ${theme}`, () =>
    within({ theme }, async (page) => {
      await signIn(page, plane.url);
      for (const [name, path, loaded] of SCREENS) {
        await page.goto(`${plane.url}${path}`);
        await page.locator(loaded).first().waitFor();
        await check(page, name);
      }
      await page.goto(`${plane.url}/events?range=7d&outcome=masked`);
      await page.locator(".event").first().click();
      await page.locator(".drawer .facts").waitFor();
      await check(page, "event");
    }));
}

async function check(page, name) {
  // Through the protocol: the page's own policy permits no script but the console's.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const short = found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
  assert.deepEqual(short, [], name);
}

test("a refresh of the overview costs one request", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/?range=1h");
    await page.locator(".tiles").waitFor();
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const background = page.waitForRequest((request) => request.headers()["x-bauta-background"] === "1");
    const request = await background;
    await request.response();
    assert.deepEqual(asked.filter((path) => path !== "/api/v1/session"), ["/api/v1/dashboard"]);
  }));

test("filters and ranges are the address, and back goes back", () =>
  within({}, async (page) => {
    await signIn(page, plane.url);
    await page.locator(".tiles").waitFor();
    await page.getByRole("link", { name: /Requests blocked/ }).click();
    await page.locator(".event").first().waitFor();
    assert.equal(address(page), "/events?outcome=blocked");
    await page.keyboard.press("t");
    await page.getByRole("button", { name: "Last 7 days" }).click();
    await page.waitForURL("**/events?range=7d&outcome=blocked");
    await page.getByRole("button", { name: "Remove filter Outcome Blocked" }).click();
    await page.waitForURL("**/events?range=7d");
    await page.goBack();
    await page.getByRole("button", { name: "Remove filter Outcome Blocked" }).waitFor();
    assert.equal(address(page), "/events?range=7d&outcome=blocked");
    for (const pill of await page.locator(".event .pill").allTextContents()) assert.equal(pill, "Blocked");
  }));

test("an address that is not understood says what was left out", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/?range=2y&color=red");
    await page.getByText("range=2y, color=red").waitFor();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.waitForURL(`${plane.url}/`);
  }));

test("brushing the chart zooms in", () =>
  within({}, async (page) => {
    await signIn(page, plane.url);
    const plot = page.locator(".plot").first();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/\?from=.*&to=/);
    const query = new URL(page.url()).searchParams;
    const hours = (Date.parse(query.get("to")) - Date.parse(query.get("from"))) / 3_600_000;
    assert.ok(hours > 6 && hours < 9, `${hours} hours`);
  }));

test("the keyboard alone gets from the overview to an event and back", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/?range=7d");
    await page.locator(".tiles").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await page.locator(".event").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator(".drawer .facts").waitFor();
    assert.match(address(page), /^\/events\?range=7d&open=[0-9a-f-]{36}$/);
    await page.keyboard.press("Escape");
    await page.locator(".drawer").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.className), "event");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
  }));

test("the live tail shows what comes, and stops when somebody scrolls", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/events?range=1h");
    const live = page.getByRole("button", { name: "Live" });
    await live.click();
    const first = () => page.locator(".event").first().getAttribute("aria-rowindex");
    const before = await page.locator(".events-foot").textContent();
    await page.waitForFunction((before) => document.querySelector(".events-foot").textContent !== before, before);
    assert.equal(await first(), "1");
    await page.locator(".events-body").evaluate((body) => body.scrollTo(0, 400));
    await page.waitForFunction(() => document.querySelector(".live button").getAttribute("aria-pressed") === "false");
  }));

test("events are exported as the filters narrow them", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/events?range=7d&outcome=blocked");
    await page.locator(".event").first().waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
    const lines = readFileSync(await download.path(), "utf8").trim().split(/\r?\n/);
    assert.ok(lines.length > 1 && lines.slice(1).every((line) => line.includes("blocked") || line.startsWith("#")), lines.slice(0, 3).join("\n"));
  }));

test("a control plane that is away is said, and comes back by itself", () =>
  within({ expected: [502] }, async (page) => {
    await signIn(page, plane.url, "/?range=1h");
    await page.locator(".tiles").waitFor();
    await page.route("**/api/v1/dashboard*", (route) => route.fulfill({ status: 502, body: "bad gateway" }));
    await page.getByText("Not reachable").waitFor({ timeout: 15_000 });
    assert.ok(await page.locator(".tiles").isVisible(), "the last numbers stay");
    await page.unroute("**/api/v1/dashboard*");
    await page.locator(".freshness.is-good").waitFor({ timeout: 15_000 });
  }));

test("what a caller can influence is shown as text", () =>
  within({}, async (page) => {
    const hostile = `<img src=x onerror="document.title='owned'"><script>1</script>`;
    const spoil = (value) => JSON.parse(JSON.stringify(value), (key, old) =>
      ["model", "upstream", "error_code", "caller_id", "surface", "outcome", "entity_type", "detector", "path", "key"].includes(key)
        && typeof old === "string" ? hostile : old);
    await page.route(/\/api\/v1\/(dashboard|events|detectors|callers|access-log)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: spoil(await response.json()) });
    });
    await signIn(page, plane.url);
    for (const path of ["/?range=7d", "/events?range=7d", "/detections?range=7d", "/callers?range=7d"]) {
      await page.goto(`${plane.url}${path}`);
      await page.getByText("<img src=x").first().waitFor();
      assert.equal(await page.locator("img, main script").count(), 0, path);
      assert.notEqual(await page.title(), "owned");
    }
    await page.goto(`${plane.url}/events?range=7d`);
    await page.locator(".event").first().click();
    await page.locator(".drawer .facts").waitFor();
    assert.equal(await page.locator("img").count(), 0);
  }));

test("an installation without an event is a guide", () =>
  within({}, async (page) => {
    await page.route("**/api/v1/dashboard*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), has_events: false } });
    });
    await signIn(page, plane.url);
    await page.getByText("Waiting for the first request.").waitFor();
    await check(page, "guide");
    await page.unroute("**/api/v1/dashboard*");
    await page.locator(".tiles").waitFor({ timeout: 15_000 });
  }));

test("who cannot sign in yet is told the command", () =>
  within({}, async (page) => {
    await page.route("**/api/v1/session/methods", (route) =>
      route.fulfill({ json: { password: true, oidc: true, has_operators: false } }));
    await page.goto(plane.url);
    await page.getByText("admin-api operator add NAME").waitFor();
    await check(page, "no operator");
    await page.unroute("**/api/v1/session/methods");
    await page.route("**/api/v1/session/methods", (route) =>
      route.fulfill({ json: { password: true, oidc: true, has_operators: true } }));
    await page.reload();
    await page.getByRole("link", { name: "Sign in with your identity provider" }).waitFor();
  }));

test("screens that only admins see are refused to others", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/operators");
    await page.getByRole("button", { name: "Add an operator" }).click();
    await page.getByLabel("Name").fill("iris");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("iris is added.").waitFor();
    await page.getByRole("cell", { name: "iris" }).waitFor();
    await page.goto(`${plane.url}/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Name").fill("iris");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Account" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Operators" }).count(), 0);
    await page.goto(`${plane.url}/operators`);
    await page.getByText("Your role does not permit this.").first().waitFor();
  }));

test("a second factor is enrolled by its QR code and asked for", () =>
  within({}, async (page) => {
    await signIn(page, plane.url, "/account");
    const form = page.getByRole("region", { name: "Second factor" });
    await form.getByLabel("Your password").fill(PASSWORD);
    await form.getByRole("button", { name: "Add a second factor" }).click();
    await form.getByRole("img", { name: "QR code of the secret below" }).waitFor();
    assert.match(await form.locator(".secret .mono").textContent(), /^[A-Z2-7]{32,}$/);
  }));

for (const width of [360, 1440, 2560]) {
  test(`nothing is wider than a window of ${width} pixels`, () =>
    within({ width }, async (page) => {
      await signIn(page, plane.url);
      for (const [name, path, loaded] of SCREENS) {
        await page.goto(`${plane.url}${path}`);
        await page.locator(loaded).first().waitFor();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${name} is ${over} pixels too wide`);
      }
    }));
}
