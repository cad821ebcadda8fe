// Measures the console in headless chromium: node tests/console/measure.mjs. Medians of five runs, on this machine.

import { browser, open, signIn, start } from "./support.mjs";

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const plane = process.env.URL ? { url: process.env.URL, stop: async () => {} } : await start();
const chrome = await browser();
const runs = { "sign-in usable, ms": [], "overview painted, ms": [], "files before sign-in, bytes": [], "dropped frames, %": [], "frames a second": [] };
for (let nth = 0; nth < 5; nth++) {
  const { page, context } = await open(chrome, plane.url);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  const since = async () => page.evaluate(() => performance.now());
  await page.goto(plane.url);
  await page.getByLabel("Name").waitFor();
  runs["sign-in usable, ms"].push(await since());
  runs["files before sign-in, bytes"].push(bytes);
  await signIn(page, plane.url);
  await page.goto(plane.url);
  await page.locator(".chart .area").first().waitFor({ state: "attached" });
  runs["overview painted, ms"].push(await since());

  await page.goto(`${plane.url}/events?range=7d`);
  await page.locator(".event").first().waitFor();
  const body = page.locator(".events-body");
  const loaded = () => page.locator(".events").getAttribute("aria-rowcount").then(Number);
  while ((await loaded()) < 10_000) {
    const before = await loaded();
    await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForFunction((before) => Number(document.querySelector(".events").getAttribute("aria-rowcount")) > before
      || !document.querySelector(".events-foot").textContent.includes("scroll on"), before);
    if ((await loaded()) === before) break;
  }
  const frames = await body.evaluate((element) => new Promise((resolve) => {
    element.scrollTo(0, 0);
    const times = [];
    const step = (now) => {
      times.push(now);
      element.scrollBy(0, 60);
      times.length < 180 ? requestAnimationFrame(step) : resolve(times);
    };
    requestAnimationFrame(step);
  }));
  const gaps = frames.slice(1).map((time, nth) => time - frames[nth]);
  const expected = 1000 / 60;
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / expected) - 1), 0);
  runs["dropped frames, %"].push((dropped / (gaps.length + dropped)) * 100);
  runs["frames a second"].push(1000 / (gaps.reduce((a, b) => a + b) / gaps.length));
  await context.close();
}
for (const [name, values] of Object.entries(runs)) console.log(`${name}: ${median(values).toFixed(1)}`);
await chrome.close();
await plane.stop();
