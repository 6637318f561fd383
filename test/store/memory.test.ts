import { MemoryStore } from "../../src/store/memory.ts";
import { storeContract } from "./contract.ts";
import { fixedClock } from "./fixtures.ts";

storeContract("a store in memory", () => ({
  store: new MemoryStore(fixedClock),
  cleanUp: () => {},
}));
