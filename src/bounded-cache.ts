import { LRUCache } from "lru-cache";

/**
 * A map that keeps so many entries, those used last. It grows with them: a cache that is given `max` takes the memory of
 * all of them at once, 9 MB for those of an idle server.
 */
export const boundedCache = <K extends string | number, V extends string | number | object>(
  entries: number,
  options: { /** Milliseconds after which an entry is forgotten; never unless given. */ readonly ttl?: number } = {},
): LRUCache<K, V> => new LRUCache<K, V>({ ...options, maxSize: entries, sizeCalculation: () => 1 });
