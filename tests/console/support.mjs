// What the console's tests and screenshots share: a control plane with a week of made-up traffic, and a browser that talks
// to nobody else.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const PASSWORD = "correct horse battery staple";

const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const BENCH = process.env.BAUTA_TEST_BENCH ?? join(target, "debug", "bench");
const CONSOLE = process.env.BAUTA_TEST_CONSOLE_DIR ?? join(target, "console-files");

/** A control plane of its own, filled and going on. */
export async function start({ days = 7, requests = 1500, args = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bauta-console-"));
  const child = spawn(
    BENCH,
    ["traffic", "--days", String(days), "--requests", String(requests), "--database",
      `sqlite://${join(folder, "admin.db")}`, "--serve", "--listen", "127.0.0.1:0", "--console", CONSOLE, "--password",
      PASSWORD, ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the control plane ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const found = /^console: (\S+)/.exec(line);
      if (found) resolve(found[1]);
    });
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

export async function browser() {
  const executablePath = process.env.BAUTA_TEST_BROWSER ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error("there is no browser: install chromium, or name it in BAUTA_TEST_BROWSER");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

/** A page of its own session, which notes everything that should not happen. */
export async function open(chrome, url, { width = 1440, height = 900, theme = "light", expected = [], ...more } = {}) {
  const context = await chrome.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    ...more,
  });
  const page = await context.newPage();
  const trouble = [];
  // The browser notes refusals by itself: of a session that is not there, and of what an older control plane has not.
  const noted = [401, 403, 404, 429, ...expected].map((status) => `status of ${status}`);
  page.on("console", (message) => {
    if (message.type() === "error" && !noted.some((text) => message.text().includes(text))) trouble.push(message.text());
  });
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("blob:")) trouble.push(`another origin: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return { page, context, trouble };
}

export async function signIn(page, url, path = "/") {
  await page.goto(`${url}${path}`);
  await page.getByLabel("Name").fill("demo");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator(".sidebar").waitFor({ state: "attached" });
}

/** The screens of the console: path, a selector of what has loaded. */
export const SCREENS = [
  ["overview", "/", ".changes a, .empty"],
  ["events", "/events?range=7d", ".event"],
  ["detections", "/detections?range=7d", ".heat-cell"],
  ["callers", "/callers?range=7d", ".rows tbody tr"],
  ["fleet", "/fleet", ".card .check"],
  ["access-log", "/access-log", ".rows tbody tr"],
  ["operators", "/operators", ".rows tbody tr"],
  ["account", "/account", ".panel .facts"],
];
