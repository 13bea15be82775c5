import type { Locator, Page } from 'playwright-core';

/** Begins a chat with a workflow, chosen as a person chooses it. */
export async function choose(page: Page, workflow: string, button = 'Choose a workflow'): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Search workflows' }).fill(workflow);
  await dialog.getByRole('row').filter({ hasText: workflow }).first().waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

/** Says something; gives the answer to it, as far as it has come. */
export async function say(page: Page, text: string): Promise<Locator> {
  const turns = page.getByRole('article');
  const before = await turns.count();
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
  await turns.nth(before).waitFor();
  return turns.nth(before);
}

/** Waits for the end of an answer. */
export const ended = (turn: Locator): Promise<void> => turn.getByRole('button', { name: 'Run again' }).first().waitFor();

/** The names of the steps of a run, as its tree has them from top to bottom. */
export async function stepsOf(page: Page): Promise<string[]> {
  const rows = page.getByRole('treegrid').getByRole('row');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) => text.split('\n')[0] ?? '');
}
