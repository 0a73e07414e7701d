/** A place in the line. Disposing of it leaves the line. */
export interface Turn extends Disposable {
  /** Whether others were in the line before. */
  readonly waits: boolean;
  /** Resolves when all of these have left. */
  readonly begun: Promise<void>;
}

/** A line in which one after another has its turn, in order of arrival. */
export class Turns {
  /** Begins each turn; the first one has begun. */
  readonly #line = new Set<() => void>();

  /** Takes the place at the end of the line. */
  take(): Turn {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const waits = this.#line.size > 0;
    this.#line.add(begin);
    if (!waits) begin();
    return {
      waits,
      begun,
      [Symbol.dispose]: () => {
        this.#line.delete(begin);
        // If another than the first has left, the first begins again, which changes nothing.
        const [first] = this.#line;
        first?.();
      },
    };
  }
}
