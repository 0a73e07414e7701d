/** A network of IPv4 addresses, like 10.0.0.0/8, or a single address. */
export class IPv4Network {
  readonly #bits: number;
  readonly #shift: number;

  private constructor(address: number, prefix: number) {
    this.#shift = 32 - prefix;
    this.#bits = this.#prefixOf(address);
  }

  /** The network in CIDR notation (RFC 4632); `undefined` for any other text. */
  static parse(text: string): IPv4Network | undefined {
    const [dotted = "", length = "32", ...rest] = text.split("/");
    const address = parseAddress(dotted);
    const isLength = /^\d{1,2}$/.test(length) && Number(length) <= 32;
    if (address === undefined || !isLength || rest.length > 0) return undefined;
    return new IPv4Network(address, Number(length));
  }

  /** Whether an address, like `10.1.2.3` or `::ffff:10.1.2.3` (RFC 4291, 2.5.5.2), is in the network. */
  includes(text: string): boolean {
    const address = parseAddress(text.replace(/^::ffff:/i, ""));
    return address !== undefined && this.#prefixOf(address) === this.#bits;
  }

  #prefixOf(address: number): number {
    return Math.floor(address / 2 ** this.#shift);
  }
}

/** An address as a number of 32 bits. */
function parseAddress(dotted: string): number | undefined {
  const parts = dotted.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}
