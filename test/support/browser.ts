/**
 * A real browser for the tests of pages: Chromium, as Debian packages it (`apt-get install chromium`) or wherever
 * `HEDDLE_CHROMIUM` says. Where there is none such tests are skipped and say so; continuous integration installs one and sets
 * `HEDDLE_REQUIRE_BROWSER`, with which a missing browser is a failure.
 */
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { after, test } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The narrowest screen that pages are made for, in CSS pixels. */
export const NARROW = { width: 320, height: 568 } as const;

function findBrowser(): string | undefined {
  const given = process.env["HEDDLE_CHROMIUM"];
  return (given === undefined ? places : [given]).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or nothing to run.
    return false;
  }
}

/** What a test does in a browser of its own: cookies and storage are shared with no other test. */
type BrowserTest = (context: BrowserContext) => Promise<void>;

/** The definition of tests that share one browser; each has a context of its own, 320 pixels wide. */
export function browserTests() {
  const executablePath = findBrowser();
  let launching: Promise<Browser> | undefined;
  after(async () => await (await launching)?.close());
  const launch = async (): Promise<Browser> => {
    assert.ok(executablePath !== undefined, "no browser found: install chromium, or set HEDDLE_CHROMIUM");
    // The sandbox of Chromium refuses to run for root.
    launching ??= chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    return await launching;
  };
  const isSkipped = executablePath === undefined && process.env["HEDDLE_REQUIRE_BROWSER"] === undefined;
  return (name: string, body: BrowserTest): void => {
    test(name, { skip: isSkipped && "no browser found" }, async () => {
      const browser = await launch();
      const context = await browser.newContext({ viewport: NARROW });
      try {
        await body(context);
      } finally {
        await context.close();
      }
    });
  };
}

/** Presses a key so often until the focus is on what has this accessible name, as people do who have no mouse. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const visited: string[] = [];
  for (let presses = 0; presses < MAX_TABS; presses++) {
    const focused = await focusedName(page);
    if (focused === name) return;
    visited.push(focused);
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard does not reach "${name}", only: ${visited.join(", ")}`);
}

/** Goes to a field and writes there, in place of what stands in it. */
export async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Goes to a button or link, and presses Enter there. */
export async function pressEnter(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

const MAX_TABS = 30;

const focusedName = async (page: Page): Promise<string> =>
  await page.evaluate<string>(`(() => {
    const element = document.activeElement;
    return (element?.labels?.[0] ?? element)?.textContent?.trim() ?? "";
  })()`);

/** Fails when people with a narrow screen would have to scroll sideways. */
export async function assertFits(page: Page): Promise<void> {
  const width = await page.evaluate<number>("document.documentElement.scrollWidth");
  assert.ok(width <= NARROW.width, `the page is ${width} pixels wide, the screen ${NARROW.width}`);
}
