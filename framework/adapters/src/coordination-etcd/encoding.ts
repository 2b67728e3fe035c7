import type { StoreCondition, StoredValue } from '@pomelo-ts/cluster';

/** A key and its value as etcd's gateway writes them: bytes in base64, 64-bit numbers as texts, nothing for 0 and empty. */
export interface EtcdPair {
  readonly key: string;
  readonly value?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
}

export const encode = (text: string): string => Buffer.from(text).toString('base64');

const decode = (text = ''): string => Buffer.from(text, 'base64').toString();

/** The pair as a value of the store whose keys begin with `prefix` in etcd. */
export function storedOf(pair: EtcdPair, prefix: string): StoredValue {
  return {
    key: keyOf(pair, prefix),
    value: decode(pair.value),
    created: Number(pair.create_revision),
    revision: Number(pair.mod_revision),
  };
}

export const keyOf = ({ key }: Pick<EtcdPair, 'key'>, prefix: string): string =>
  decode(key).slice(prefix.length);

/** All keys that begin with `prefix`: up to the first one after them. No byte of UTF-8 is the highest there is. */
export function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  if (prefix === '') return { key: 'AA==', range_end: 'AA==' }; // both the byte 0: every key
  const end = Buffer.from(prefix);
  end[end.length - 1]!++;
  return { key: encode(prefix), range_end: end.toString('base64') };
}

/** What etcd compares before it makes the change to `key`. */
export function comparesOf(key: string, condition: StoreCondition = {}, prefix: string): object[] {
  const { revision, guard } = condition;
  const compares: object[] = [];
  if (revision !== undefined)
    compares.push({
      key: encode(prefix + key),
      target: 'MOD',
      result: 'EQUAL',
      mod_revision: String(revision),
    });
  if (guard)
    compares.push({
      key: encode(prefix + guard.key),
      target: 'CREATE',
      result: 'EQUAL',
      create_revision: String(guard.created),
    });
  return compares;
}
