/** Wakes all who wait for something to change. */
export class Change {
  #next = Promise.withResolvers<void>();

  /** Resolves when it changes next. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  /** It has changed. */
  announce(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
