/** The key of an open repository, with everything that is made from it once. */
import { ContentIds } from "../crypto/content-id.ts";
import { makeCutPrf, makeTreeCut } from "../crypto/cut-prf.ts";
import type { RepositoryKey } from "../crypto/keys.ts";
import { LocalSeal } from "../crypto/local-seal.ts";
import { Opener } from "../crypto/opener.ts";
import type { CutPrf } from "../base/cut-rule.ts";

export interface Keys {
  readonly key: RepositoryKey;
  readonly opener: Opener;
  readonly contentIds: ContentIds;
  readonly cutPrf: CutPrf;
  readonly treeCut: (bytes: Uint8Array) => number;
  readonly localSeal: LocalSeal;
}

export function keysOf(key: RepositoryKey): Keys {
  return {
    key,
    opener: new Opener(key),
    contentIds: new ContentIds(key),
    cutPrf: makeCutPrf(key),
    treeCut: makeTreeCut(key),
    localSeal: new LocalSeal(key),
  };
}
