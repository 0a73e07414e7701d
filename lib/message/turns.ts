/** A place in the line; to dispose of it is to leave the line. */
export interface Turn extends Disposable {
  /** Whether somebody was in the line before. */
  readonly waits: boolean;
  /** Resolves when everybody before has left. */
  readonly begun: Promise<void>;
}

/** Whose turn it is: one after another, in the order in which they came. */
export class Turns {
  /** What begins each turn; the first has begun. */
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
        // Where it was not the first that left, the first begins again, which changes nothing.
        const [first] = this.#line;
        first?.();
      },
    };
  }
}
