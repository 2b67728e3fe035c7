export class Tap {
  constructor(counts: { asked: number; answered: number; unasked: number });
  sent(frame: Uint8Array): void;
  received(frame: Uint8Array): void;
}
