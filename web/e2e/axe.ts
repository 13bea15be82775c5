import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Found {
  violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
}

/** The page, as it stands, has no fault that axe can find. */
export async function accessible(page: Page, where = ''): Promise<void> {
  // Evaluated, not added to the page: the page's policy allows no foreign script.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run: (root: Document, options: object) => Promise<Found> } };
    return axe.run(document, { runOnly: { type: 'tag', values: tags } });
  }, TAGS);
  const told = found.violations.map(({ id, help, nodes }) => `${id}: ${help} — ${nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`).join('; ')}`);
  expect.soft(told, where).toEqual([]);
}
