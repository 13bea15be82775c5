/** Milliseconds since 1970, with the fractions that the hub writes: `Date` knows whole ones only. */
export function timeOf(timestamp: string): number {
  const fraction = /\.\d{3}(\d{1,3})/.exec(timestamp)?.[1];
  const whole = Date.parse(timestamp);
  return fraction === undefined ? whole : whole + Number(fraction.padEnd(3, '0')) / 1000;
}

/** Clocks that agree this well are taken as they are; what is left is no skew but the way of the message. */
const NEAR_MS = 2000;

/**
 * How far a peer's clock is from the hub's, concluded from what is certain: nothing in the peer began before the hub
 * started the run, and nothing happened after the hub heard of it.
 */
export class PeerClock {
  /** First and last moment that the peer told of, by its clock. */
  earliest = Infinity;
  latest = -Infinity;
  #least = -Infinity;
  #most = Infinity;

  reach(from: number, to: number): void {
    this.earliest = Math.min(this.earliest, from);
    this.latest = Math.max(this.latest, to);
  }

  /** The peer's time `peer` lies at or after the hub's time `begin`. */
  notBefore(peer: number, begin: number): void {
    this.#least = Math.max(this.#least, begin - peer);
  }

  /** The peer's time `peer` lies at or before the hub's time `heard`. */
  heardOf(peer: number, heard: number): void {
    this.#most = Math.min(this.#most, heard - peer);
  }

  /** To be added to the peer's times; 0 as long as its clock can be right. */
  get offset(): number {
    const [least, most] = [Math.min(this.#least, this.#most), Math.max(this.#least, this.#most)];
    if (!Number.isFinite(least) || !Number.isFinite(most)) return 0;
    const nearest = Math.min(Math.max(0, least), most);
    // A clock that is far off says nothing of where between the bounds the truth is.
    return Math.abs(nearest) < NEAR_MS ? nearest : (least + most) / 2;
  }
}
