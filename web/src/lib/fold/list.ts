/** An array that is written in place and shown as copies: one copy for each look at which something had changed. */
export class ShownList<T> {
  readonly #items: T[] = [];
  #shown: readonly T[] = [];
  #changed = false;

  get length(): number {
    return this.#items.length;
  }

  at(index: number): T | undefined {
    return this.#items[index];
  }

  push(item: T): number {
    this.#changed = true;
    return this.#items.push(item) - 1;
  }

  set(index: number, item: T): void {
    this.#changed = true;
    this.#items[index] = item;
  }

  removeWhere(found: (item: T) => boolean): T | undefined {
    const index = this.#items.findIndex(found);
    if (index < 0) return undefined;
    this.#changed = true;
    return this.#items.splice(index, 1)[0];
  }

  shown(): readonly T[] {
    if (this.#changed) {
      this.#shown = this.#items.slice();
      this.#changed = false;
    }
    return this.#shown;
  }
}
