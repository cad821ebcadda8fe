// Writes pictures of every screen in both themes: node tests/console/screenshots.mjs [FOLDER]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, SCREENS, browser, open, signIn, start } from "./support.mjs";

const folder = process.argv[2] ?? join(ROOT, "docs/screenshots");
const [width, height] = (process.env.SIZE ?? "1440x900").split("x").map(Number);
mkdirSync(folder, { recursive: true });
const plane = process.env.URL ? { url: process.env.URL, stop: async () => {} } : await start({ requests: 9000 });
const chrome = await browser();
for (const theme of (process.env.THEMES ?? "light,dark").split(",")) {
  const { page, context, trouble } = await open(chrome, plane.url, { theme, width, height });
  // As high as what is on it: the sidebar is as high as the window.
  const shoot = async (name) => {
    await page.setViewportSize({ width, height });
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.min(whole, 2000) });
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    await page.setViewportSize({ width, height });
  };
  await page.goto(plane.url);
  await page.getByLabel("Name").waitFor();
  await shoot("sign-in");
  await signIn(page, plane.url);
  for (const [name, path, loaded] of SCREENS) {
    await page.goto(`${plane.url}${path}`);
    await page.locator(loaded).first().waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    await shoot(name);
  }
  await page.goto(`${plane.url}/events?range=7d&outcome=masked`);
  await page.locator(".event").nth(3).click();
  await page.locator(".drawer .facts").waitFor();
  await page.screenshot({ path: join(folder, `event-${theme}.png`) });
  await page.goto(`${plane.url}/callers?range=7d`);
  await page.locator(".row-link").first().click();
  await page.locator(".plot").waitFor();
  await shoot("caller");
  if (trouble.length) console.log(theme, trouble);
  await context.close();
}
await chrome.close();
await plane.stop();
