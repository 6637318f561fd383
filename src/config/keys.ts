/**
 * Every key of the configuration, once. The type `Config`, validation, the JSON Schema, the
 * environment variables and docs/configuration.md all follow from this table.
 */
import type { KeyTable, NamesOf, ValuesOf } from "./key-kinds.ts";

const STORE = {
  provider: {
    kind: "choice",
    choices: ["local", "s3", "backblaze", "r2", "wasabi", "minio", "custom"],
    default: "local",
    feature: "backup",
    trust: true,
    text: "who keeps the sealed copy: `local` is a folder, all others are S3 buckets",
  },
  path: {
    kind: "path",
    feature: "backup",
    trust: true,
    text: "the folder of provider `local`; without it, a folder in the state directory",
  },
  endpoint: {
    kind: "text",
    form: "endpoint",
    feature: "buckets",
    trust: true,
    text: "the address of the S3 service, where the provider does not settle it",
  },
  bucket: {
    kind: "text",
    form: "bucket",
    feature: "buckets",
    trust: true,
    text: "the bucket",
  },
  region: {
    kind: "text",
    form: "region",
    feature: "buckets",
    trust: true,
    text: "the region of the bucket, where the provider does not settle it",
  },
  path_prefix: {
    kind: "text",
    form: "prefix",
    default: "",
    feature: "buckets",
    trust: true,
    text: "the folder inside the bucket; one prefix holds one workspace",
  },
  addressing: {
    kind: "choice",
    choices: ["auto", "path", "virtual"],
    default: "auto",
    feature: "buckets",
    trust: true,
    text: "where the bucket's name stands in an address: in its path, or in the host name",
  },
  ca_file: {
    kind: "path",
    feature: "buckets",
    trust: true,
    text: "certificates (PEM) that the service's own must descend from",
  },
  profile: {
    kind: "text",
    feature: "buckets",
    trust: true,
    text: "the AWS profile to take credentials from when no key is configured",
  },
  request_timeout_seconds: {
    kind: "whole",
    unit: "seconds",
    min: 1,
    max: 3600,
    default: 60,
    feature: "buckets",
    text: "how long one request may take",
  },
  give_up_after_minutes: {
    kind: "whole",
    unit: "minutes",
    min: 1,
    max: 1440,
    default: 10,
    feature: "buckets",
    text: "how long a failing request is tried again",
  },
  part_size_mib: {
    kind: "whole",
    unit: "MiB",
    min: 5,
    max: 512,
    default: 8,
    feature: "buckets",
    text: "size of the parts of a large upload",
  },
  concurrency: {
    kind: "whole",
    unit: "requests",
    min: 1,
    max: 64,
    default: 4,
    feature: "buckets",
    text: "how many requests run at once",
  },
  upload_limit_kib_s: {
    kind: "whole",
    unit: "KiB/s",
    min: 8,
    max: 10_485_760,
    feature: "buckets",
    text: "the fastest an upload may be; without it, as fast as it goes",
  },
  outbox_limit_mib: {
    kind: "whole",
    unit: "MiB",
    min: 64,
    max: 1_048_576,
    default: 1024,
    feature: "buckets",
    text: "how much may wait on this disk to be uploaded",
  },
  object_lock: {
    kind: "choice",
    choices: ["off", "governance", "compliance"],
    default: "off",
    feature: "object lock",
    text: "ask the store to refuse deletion, even by us, for `lock_days`",
  },
  lock_days: {
    kind: "whole",
    unit: "days",
    min: 1,
    max: 36_500,
    feature: "object lock",
    text: "how long `object_lock` holds",
  },
} as const satisfies KeyTable;

const SECRETS = {
  encryption_key: literal("the repository's key: 32 bytes, base64"),
  encryption_key_file: file("`encryption_key`"),
  encryption_key_command: command("`encryption_key`"),
  encryption_key_env: variable("`encryption_key`"),
  passphrase_file: file("a passphrase that opens the repository"),
  passphrase_command: command("a passphrase that opens the repository"),
  key_id: literal("the bucket's access key id"),
  key_id_file: file("`key_id`"),
  key_id_command: command("`key_id`"),
  key_id_env: variable("`key_id`"),
  secret_key: literal("the bucket's secret access key"),
  secret_key_file: file("`secret_key`"),
  secret_key_command: command("`secret_key`"),
  secret_key_env: variable("`secret_key`"),
  session_token: literal("the token that belongs to short-lived credentials"),
  keychain: {
    kind: "flag",
    default: true,
    feature: "backup",
    trust: true,
    text: "keep secrets in the system's keychain, where there is one that works",
  },
} as const satisfies KeyTable;

const FILES = {
  include: {
    kind: "list",
    default: [],
    feature: "backup",
    text: "what is backed up, in gitignore syntax; nothing listed means everything. In an OpenClaw workspace the default is `/memory/` and `/*.md`",
  },
  exclude: {
    kind: "list",
    default: [],
    feature: "backup",
    text: "what is left out, in gitignore syntax; `.syncignore` files say the same per folder",
  },
  follow_mounts: {
    kind: "flag",
    default: false,
    feature: "backup",
    text: "go into folders that are other filesystems",
  },
} as const satisfies KeyTable;

const VERSIONS = {
  interval_minutes: {
    kind: "whole",
    unit: "minutes",
    min: 1,
    max: 10_080,
    default: 15,
    feature: "scheduling",
    text: "how often `watch`, the schedule and the plugins back up",
  },
  retention_days: {
    kind: "whole",
    unit: "days",
    min: 1,
    max: 36_500,
    default: 30,
    feature: "pruning",
    text: "how long every version is kept; the newest good ones stay whatever this says",
  },
  keep: {
    kind: "group",
    keys: {
      last: keep("versions", "how many of the newest versions are kept beyond `retention_days`"),
      hourly: keep("hours", "for how many hours one version is kept"),
      daily: keep("days", "for how many days one version is kept"),
      weekly: keep("weeks", "for how many weeks one version is kept"),
      monthly: keep("months", "for how many months one version is kept"),
      yearly: keep("years", "for how many years one version is kept"),
    },
  },
  prune: {
    kind: "choice",
    choices: ["auto", "on", "off"],
    default: "auto",
    feature: "pruning",
    text: "whether this device removes old versions; `auto` means only the device that created the repository",
  },
  heartbeat_hours: {
    kind: "whole",
    unit: "hours",
    min: 1,
    max: 8760,
    default: 24,
    feature: "backup",
    text: "how often the log says that nothing changed",
  },
  pad_floor_kib: {
    kind: "whole",
    unit: "KiB",
    min: 0,
    max: 1024,
    default: 4,
    feature: "backup",
    text: "no sealed file is smaller than this, so that small sizes tell nothing",
  },
} as const satisfies KeyTable;

const CARE = {
  guard: {
    kind: "group",
    keys: {
      off: {
        kind: "flag",
        default: false,
        feature: "the shrink guard",
        text: "switch the guard against sudden loss off",
      },
      shrink_percent: {
        kind: "whole",
        unit: "percent",
        min: 1,
        max: 99,
        default: 30,
        feature: "the shrink guard",
        text: "a version that loses more than this is marked suspicious",
      },
      min_files: {
        kind: "whole",
        unit: "files",
        min: 1,
        max: 1_000_000,
        default: 3,
        feature: "the shrink guard",
        text: "and at least so many files",
      },
    },
  },
  drill_days: {
    kind: "whole",
    unit: "days",
    min: 1,
    max: 365,
    default: 7,
    feature: "restore drills",
    text: "how often a sample is restored and verified",
  },
  notify: {
    kind: "group",
    keys: {
      on: {
        kind: "list",
        choices: ["failure", "suspicious", "stale", "success"],
        default: ["failure", "suspicious", "stale"],
        feature: "notifications",
        text: "what is worth telling",
      },
      command: {
        kind: "text",
        form: "command",
        feature: "notifications",
        trust: true,
        text: "run through the shell to tell it",
      },
      ping_url: {
        kind: "text",
        form: "url",
        feature: "notifications",
        trust: true,
        text: "fetched to tell it",
      },
    },
  },
  language: {
    kind: "choice",
    choices: ["auto", "en", "zh-CN"],
    default: "auto",
    feature: "translations",
    text: "the language of the page and of messages",
  },
} as const satisfies KeyTable;

const LATER = {
  transcripts: {
    kind: "open",
    feature: "transcripts",
    trust: true,
    text: "which conversations are gathered",
  },
  redaction: {
    kind: "open",
    feature: "transcripts",
    trust: true,
    text: "what is blacked out in them",
  },
  extractors: {
    kind: "open",
    feature: "transcripts",
    trust: true,
    text: "modules that draw decisions and tasks from them",
  },
  ride: { kind: "open", feature: "riding along", trust: true, text: "the driver lock" },
} as const satisfies KeyTable;

export const KEYS = { ...STORE, ...SECRETS, ...FILES, ...VERSIONS, ...CARE, ...LATER } as const;

/** The same keys, as a reader meets them. */
export const SECTIONS: readonly { readonly title: string; readonly keys: KeyTable }[] = [
  { title: "Store", keys: STORE },
  { title: "Keys and credentials", keys: SECRETS },
  { title: "Files", keys: FILES },
  { title: "Versions", keys: VERSIONS },
  { title: "Care", keys: CARE },
  { title: "Still to come", keys: LATER },
];

export type Config = ValuesOf<typeof KEYS>;
export type KeyName = NamesOf<typeof KEYS>;

function literal(what: string) {
  return { kind: "text", secret: true, feature: "backup", trust: true, text: what } as const;
}

function file(what: string) {
  return {
    kind: "path",
    feature: "backup",
    trust: true,
    text: `a file, readable by you alone, that holds ${what}`,
  } as const;
}

function command(what: string) {
  return {
    kind: "text",
    form: "command",
    feature: "backup",
    trust: true,
    text: `a command, run through the shell, that prints ${what}`,
  } as const;
}

function variable(what: string) {
  return {
    kind: "text",
    form: "variable",
    feature: "backup",
    trust: true,
    text: `the environment variable that holds ${what}`,
  } as const;
}

function keep(unit: string, text: string) {
  return { kind: "whole", unit, min: 0, max: 100_000, feature: "pruning", text } as const;
}
