import type { Monitor } from "../../base/monitor.ts";
import type { Scanned, ScanResult } from "../../files/scan.ts";

/** How far the reading is, for the monitor. */
export class Reading {
  readonly #monitor: Monitor;
  readonly #total: { readonly files: number; readonly bytes: number };
  #files = 0;
  #bytes = 0;
  /** Of the file that is being read; what a second attempt reads again does not count twice. */
  #current = 0;

  constructor(monitor: Monitor, { entries }: ScanResult) {
    const sizes = entries.flatMap((found) => (found.kind === "file" ? [found.signature.size] : []));
    this.#monitor = monitor;
    this.#total = { files: sizes.length, bytes: sizes.reduce((total, size) => total + size, 0) };
  }

  /** `bytes` more of one file. */
  advance(bytes: number): void {
    this.#current += bytes;
    this.#tell();
  }

  done({ signature }: Extract<Scanned, { kind: "file" }>): void {
    this.#files++;
    this.#bytes += signature.size;
    this.#current = 0;
    this.#tell();
  }

  #tell(): void {
    const { files, bytes } = this.#total;
    const doneBytes = Math.min(bytes, this.#bytes + this.#current);
    this.#monitor.progress({
      step: "read",
      files: { done: this.#files, total: files },
      bytes: { done: doneBytes, total: bytes },
    });
  }
}
