import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Client,
  type Failure,
  type FrameworkFailure,
  type GameFailure,
  isFailure,
} from '../src/index.js';

interface Contract {
  routes: {
    'a.b.go': {
      input: { x: number };
      answer: { code: 200; message: string } | { code: number; message: string; error: true };
    };
    'a.b.text': { input: unknown; answer: string };
  };
  pushes: { onX: { x: number } };
  errors: { FULL: { max: number } };
}

type Answer<Route extends keyof Contract['routes']> =
  | Contract['routes'][Route]['answer']
  | Failure<Contract['errors']>;

describe('isFailure', () => {
  it.each<[unknown, boolean]>([
    [{ code: 500, message: 'no' }, true],
    [{ code: 'FULL', message: 'no', data: { max: 1 } }, true],
    [{ code: 200, message: 'welcome' }, false],
    [{ code: 500 }, false],
    [{ message: 'hello' }, false],
    [{ code: '500', message: 5 }, false],
    [{}, false],
    [null, false],
    [undefined, false],
    ['text', false],
    [[{ code: 500, message: 'no' }], false],
  ])('of %j is %s', (answer, failed) => {
    expect(isFailure(answer)).toBe(failed);
  });

  it('narrows both ways, also where the answer has a code and a message of its own', () => {
    const answer = { code: 200, message: 'welcome' } as Answer<'a.b.go'>;
    if (isFailure(answer)) {
      expectTypeOf(answer).toEqualTypeOf<FrameworkFailure | GameFailure<'FULL', { max: number }>>();
      if (answer.code === 'FULL') expectTypeOf(answer.data).toEqualTypeOf<{ max: number }>();
      else expectTypeOf(answer.code).toEqualTypeOf<number>();
      expect.unreachable();
    } else {
      expectTypeOf(answer).toEqualTypeOf<Contract['routes']['a.b.go']['answer']>();
      expect(answer.message).toBe('welcome');
    }
  });

  it('narrows what nothing is known of', () => {
    const answer: unknown = { code: 404, message: 'nobody' };
    if (!isFailure(answer)) return expect.unreachable();
    expectTypeOf(answer.message).toEqualTypeOf<string>();
    expectTypeOf(answer.code).toEqualTypeOf<string | number>();
    return expect(answer.code).toBe(404);
  });
});

describe('a client that knows a contract', () => {
  it('differs in its types alone', () => {
    expectTypeOf<Client<Contract>['state']>().toEqualTypeOf<Client['state']>();
    expectTypeOf<Client<Contract>['close']>().toEqualTypeOf<Client['close']>();
    const ask = (client: Client<Contract>) => client.request('a.b.text');
    expectTypeOf(ask).returns.resolves.toEqualTypeOf<Answer<'a.b.text'>>();
    const free = (client: Client) => client.request<{ users: string[] }>('any.route.goes', 5);
    expectTypeOf(free).returns.resolves.toEqualTypeOf<{ users: string[] }>();
  });
});
