import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { EngineError } from "../../src/base/errors.ts";
import { CONFIG, makeScratch } from "./scratch.ts";

describe("the workspace", () => {
  test("is the current folder when nothing else is said, and everything in it is included", () => {
    const { load, workspace } = makeScratch();
    const loaded = load();
    expect(loaded).toMatchObject({ workspace, chosenBy: "current-folder", isOpenClaw: false });
    expect(loaded).not.toHaveProperty("file");
    expect(loaded.config.include).toEqual([]);
    expect(loaded.warnings).toEqual([]);
  });

  test("is what --workspace names, even if a parent folder is configured", () => {
    const { load, write, folder, workspace } = makeScratch();
    write(CONFIG, "{}");
    const other = join(folder, "other");
    mkdirSync(other);
    expect(load({ workspace: "../other" })).toMatchObject({
      workspace: other,
      chosenBy: "--workspace",
    });
    expect(load({ cwd: folder, workspace: "workspace" }).file).toBe(
      join(workspace, "session-sync-config.json"),
    );
  });

  test("is the nearest parent folder with a configuration", () => {
    const { load, write, workspace } = makeScratch();
    const file = write(CONFIG, '{ "bucket": "outer" }');
    write("workspace/a/b/note.md", "");
    const loaded = load({ cwd: join(workspace, "a", "b") });
    expect(loaded).toMatchObject({ workspace, chosenBy: "parent-folder", file });
    write("workspace/a/session-sync-config.json", '{ "bucket": "inner" }');
    expect(load({ cwd: join(workspace, "a", "b") }).config.bucket).toBe("inner");
  });

  test("is the folder of the file that --config names, if the file has its usual name", () => {
    const { load, write, workspace, home } = makeScratch();
    const file = write(CONFIG, "{}");
    expect(load({ cwd: home, configFile: file })).toMatchObject({
      workspace,
      chosenBy: "--config",
      file,
    });
  });

  test("is not the folder of a configuration that is kept elsewhere", () => {
    const { load, write, workspace } = makeScratch();
    const file = write("etc/backup.json", '{ "bucket": "kept-elsewhere" }');
    const loaded = load({ configFile: file });
    expect(loaded).toMatchObject({ workspace, chosenBy: "current-folder", file });
    expect(loaded.config.bucket).toBe("kept-elsewhere");
  });

  test("is OpenClaw's before the current folder, and after a configured parent folder", () => {
    const { load, write, home, workspace } = makeScratch();
    write("home/.openclaw/workspace/AGENTS.md", "");
    const loaded = load();
    expect(loaded).toMatchObject({
      workspace: join(home, ".openclaw", "workspace"),
      chosenBy: "openclaw",
    });
    write(CONFIG, "{}");
    expect(load()).toMatchObject({ workspace, chosenBy: "parent-folder" });
  });
});

describe("what is included by default", () => {
  test("is the memory and the root's markdown where openclaw.json names the folder", () => {
    const { load, write, workspace } = makeScratch();
    write(
      "home/.openclaw/openclaw.json",
      `{ agents: { defaults: { workspace: '${workspace}' } } }`,
    );
    const loaded = load();
    expect(loaded.isOpenClaw).toBe(true);
    expect(loaded.config.include).toEqual(["/memory/", "/*.md"]);
    expect(loaded.sources.include).toBe("default");
  });

  test.each(["AGENTS.md", "SOUL.md", "USER.md", "IDENTITY.md", "MEMORY.md"])(
    "is the same where memory/ and %s lie side by side",
    (name) => {
      const { load, write } = makeScratch();
      write(`workspace/${name}`, "");
      expect(load().config.include).toEqual([]);
      write("workspace/memory/today.md", "");
      expect(load()).toMatchObject({
        isOpenClaw: true,
        config: { include: ["/memory/", "/*.md"] },
      });
    },
  );

  test("is overruled by what the file says, even by nothing", () => {
    const { load, write } = makeScratch();
    write("workspace/memory/today.md", "");
    write("workspace/SOUL.md", "");
    write(CONFIG, '{ "include": [] }');
    expect(load().config.include).toEqual([]);
  });
});

describe("precedence", () => {
  test("is environment over file over default, and each value knows its source", () => {
    const { load, write } = makeScratch();
    write(CONFIG, '{ "retention_days": 7, "interval_minutes": 5, "keep": { "daily": 3 } }');
    const variables = { SESSION_SYNC_RETENTION_DAYS: "90", SESSION_SYNC_KEEP_WEEKLY: "4" };
    const { config, sources } = load({ variables });
    expect(config).toMatchObject({
      retention_days: 90,
      interval_minutes: 5,
      heartbeat_hours: 24,
      keep: { daily: 3, weekly: 4 },
    });
    expect(sources).toMatchObject({
      retention_days: "environment",
      interval_minutes: "file",
      heartbeat_hours: "default",
      "keep.daily": "file",
      "keep.weekly": "environment",
      "keep.monthly": "default",
    });
  });

  test("takes an empty variable for none", () => {
    const { load, write } = makeScratch();
    write(CONFIG, '{ "bucket": "from-file" }');
    expect(load({ variables: { SESSION_SYNC_BUCKET: "" } }).config.bucket).toBe("from-file");
  });

  test("a path in the file starts at the file, one in a variable at the current folder", () => {
    const { load, write, workspace, home } = makeScratch();
    write(CONFIG, '{ "encryption_key_file": "keys/main", "path": "~/copy" }');
    const cwd = join(workspace, "deep");
    const { config } = load({ cwd, variables: { SESSION_SYNC_CA_FILE: "ca.pem" } });
    expect(config).toMatchObject({
      encryption_key_file: join(workspace, "keys", "main"),
      path: join(home, "copy"),
      ca_file: join(cwd, "ca.pem"),
    });
  });
});

describe("refused", () => {
  test("a variable with a value that its key cannot have, by its name", () => {
    const { load } = makeScratch();
    const attempt = () => load({ variables: { SESSION_SYNC_RETENTION_DAYS: "for ever" } });
    expect(attempt).toThrow(/retention_days \(SESSION_SYNC_RETENTION_DAYS in the environment\)/);
    expect(attempt).not.toThrow(/for ever/);
  });

  test("a file that --config names and that is not there", () => {
    const { load } = makeScratch();
    expect(() => load({ configFile: "missing.json" })).toThrow(
      expect.objectContaining({ code: "config-missing" }),
    );
  });

  test("a folder, a file of a mebibyte and bytes that are no text, each with the file's name", () => {
    const { load, write, workspace } = makeScratch();
    expect(() => load({ configFile: workspace })).toThrow(
      expect.objectContaining({ code: "config-unreadable" }),
    );
    const large = write("large.json", `{}${" ".repeat(1024 * 1024)}`);
    expect(() => load({ configFile: large })).toThrow(/large\.json cannot be read: it is larger/);
    const latin = write("latin.json", Uint8Array.of(0x7b, 0xff, 0x7d));
    expect(() => load({ configFile: latin })).toThrow(/it is not text in UTF-8/);
  });

  test("a configuration of another user that was merely found; one that is named is taken", () => {
    const { load, write, workspace } = makeScratch();
    const file = write(CONFIG, '{ "notify": { "command": "steal" } }');
    const getuid = vi.spyOn(process, "getuid").mockReturnValue(4242);
    if (process.geteuid?.() === 0) chownSync(file, 4343, 4343);
    try {
      expect(() => load({ cwd: join(workspace, "memory") })).toThrow(
        expect.objectContaining({ code: "config-foreign" }),
      );
      expect(load({ workspace }).config.notify.command).toBe("steal");
      expect(load({ configFile: file }).config.notify.command).toBe("steal");
    } finally {
      getuid.mockRestore();
    }
  });

  test("a link that leads to itself is an error, not a missing configuration", () => {
    const { load, workspace } = makeScratch();
    const link = join(workspace, "loop.json");
    symlinkSync(link, link);
    expect(() => load({ configFile: link })).toThrow(
      expect.objectContaining({ code: "config-unreadable" }),
    );
  });
});

test("a byte order mark, as some editors write it, is no mistake of the user's", () => {
  const { load, write } = makeScratch();
  write(CONFIG, '\ufeff{ "bucket": "marked" }');
  expect(load().config.bucket).toBe("marked");
});

describe("warnings", () => {
  test("name a file that others can read while it holds a secret", () => {
    const { load, write } = makeScratch();
    const file = write(CONFIG, '{ "secret_key": "S3CR3T" }');
    expect(load().warnings).toEqual([]);
    chmodSync(file, 0o640);
    const [warning] = load().warnings;
    expect(warning).toMatchObject({ code: "config-exposed", facts: { file, key: "secret_key" } });
    expect(warning?.message).not.toContain("S3CR3T");
    expect(load({ platform: "win32", variables: { USERPROFILE: "/" } }).warnings).toEqual([]);
  });

  test("say nothing of a file that others can read and that holds none", () => {
    const { load, write } = makeScratch();
    chmodSync(write(CONFIG, '{ "secret_key_file": "key", "bucket": "open" }'), 0o644);
    expect(load().warnings).toEqual([]);
  });

  test("name a misspelt variable and what it may have meant", () => {
    const { load } = makeScratch();
    const [warning] = load({ variables: { SESSION_SYNC_BUCKT: "x" } }).warnings;
    expect(warning?.code).toBe("environment-unknown");
    expect(warning?.hint).toContain("SESSION_SYNC_BUCKET");
  });
});

test("no way of printing a loaded configuration shows a secret", () => {
  const { load, write } = makeScratch();
  const secrets = ["S3CR3T-in-file", "S3CR3T-in-variable", "S3CR3T-token", "S3CR3T-other"];
  write(CONFIG, `{ "encryption_key": "${secrets[0]}", "session_token": "${secrets[2]}" }`);
  const loaded = load({
    variables: { SESSION_SYNC_SECRET_KEY: secrets[1]!, OTHER: secrets[3]! },
  });
  expect(loaded.config.encryption_key?.text).toBe(secrets[0]);
  expect(loaded.config.secret_key?.text).toBe(secrets[1]);
  const printed = [
    inspect(loaded, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(loaded),
    `${String(loaded.config.encryption_key)} ${[loaded.config.secret_key].join(",")}`,
  ].join("\n");
  for (const secret of secrets) expect(printed).not.toContain(secret);
  expect(printed).toContain("(secret)");
});

test("every refusal is one of ours", () => {
  const { load, write } = makeScratch();
  write(CONFIG, "{ nonsense");
  expect(() => load()).toThrow(EngineError);
});
