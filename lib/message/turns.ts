/** A place in the queue. Disposing of it leaves the queue. */
export interface Turn extends Disposable {
  /** Whether others were in the queue before. */
  readonly waits: boolean;
  /** Resolves when everyone ahead has left. */
  readonly begun: Promise<void>;
}

/** A queue that gives turns in order of arrival. */
export class Turns {
  /** Begins each turn; the first one has begun. */
  readonly #queue = new Set<() => void>();

  /** Takes the place at the end of the queue. */
  take(): Turn {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const waits = this.#queue.size > 0;
    this.#queue.add(begin);
    if (!waits) begin();
    return {
      waits,
      begun,
      [Symbol.dispose]: () => {
        this.#queue.delete(begin);
        // If another than the first has left, the first begins again, which changes nothing.
        const [first] = this.#queue;
        first?.();
      },
    };
  }
}
