/** The last decompressed frames: neighbouring chunks share a frame, and files are read in the order they were packed. */
export class FrameCache {
  readonly #frames = new Map<string, Buffer>();
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Buffer | undefined {
    const frame = this.#frames.get(key);
    if (frame === undefined) return undefined;
    this.#frames.delete(key);
    this.#frames.set(key, frame);
    return frame;
  }

  set(key: string, frame: Buffer): void {
    this.#frames.set(key, frame);
    this.#bytes += frame.length;
    for (const [oldest, { length }] of this.#frames) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#frames.delete(oldest);
      this.#bytes -= length;
    }
  }
}
