import type { Monitor } from "../../base/monitor.ts";
import type { Scanned, ScanResult } from "../../files/scan.ts";

/** How far the reading is, for the monitor. */
export class Reading {
  readonly #monitor: Monitor;
  readonly #total: { readonly files: number; readonly bytes: number };
  #files = 0;
  #bytes = 0;

  constructor(monitor: Monitor, { entries }: ScanResult) {
    const sizes = entries.flatMap((found) => (found.kind === "file" ? [found.signature.size] : []));
    this.#monitor = monitor;
    this.#total = { files: sizes.length, bytes: sizes.reduce((total, size) => total + size, 0) };
  }

  done({ signature }: Extract<Scanned, { kind: "file" }>): void {
    this.#files++;
    this.#bytes += signature.size;
    this.#monitor.progress({
      step: "read",
      files: { done: this.#files, total: this.#total.files },
      bytes: { done: this.#bytes, total: this.#total.bytes },
    });
  }
}
