import fc from 'fast-check';
import { Outbox } from '../src/outbox';

type Step = 'take' | 'confirm' | 'refuse' | 'lose';

test('whatever the broker does, each message is confirmed once in the end, and none is forgotten', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.tuple(fc.constantFrom<Step>('take', 'confirm', 'refuse', 'lose'), fc.nat()), { maxLength: 200 }),
      (messages, steps) => {
        const outbox = new Outbox(messages);
        const underWay: number[] = [];
        const confirmed = new Set<number>();
        const takeOne = (at: number) => underWay.splice(at % underWay.length, 1)[0]!;
        const act = (step: Step, at: number) => {
          if (step === 'take') {
            const number = outbox.take();
            if (number === undefined) return;
            expect(underWay).not.toContain(number);
            expect(confirmed).not.toContain(number);
            underWay.push(number);
          } else if (step === 'lose') {
            underWay.length = 0;
            outbox.giveAllBack();
          } else if (underWay.length > 0) {
            const number = takeOne(at);
            if (step === 'confirm') {
              confirmed.add(number);
              outbox.confirm(number);
              // A second word of the broker on the same message changes nothing.
              outbox.confirm(number);
            } else outbox.giveBack(number);
          }
          expect([outbox.confirmed, outbox.underWay, outbox.isDone]).toEqual([
            confirmed.size,
            underWay.length,
            confirmed.size === messages,
          ]);
        };
        for (const [step, at] of steps) act(step, at);
        // In the end the broker takes everything.
        for (let i = 0; !outbox.isDone && i < 100; i++) {
          act('take', 0);
          act('confirm', 0);
        }
        expect([...confirmed].sort((a, b) => a - b)).toEqual(Array.from({ length: messages }, (_, i) => i));
      },
    ),
  ));

test('what was under way when a connection ended is sent once more, and counted', () => {
  const outbox = new Outbox(3);
  outbox.take();
  outbox.take();
  outbox.confirm(0);
  outbox.giveAllBack();
  expect([outbox.take(), outbox.take(), outbox.take()]).toEqual([1, 2, undefined]);
  expect(outbox.repeated).toBe(1);
});
