/**
 * Which messages are still to be sent. Each is in one place at a time: waiting, under way, or confirmed; what a connection had under way
 * when it ended waits again, for the broker may have it or not.
 */
export class Outbox {
  /** Times that a message was sent once more. */
  repeated = 0;
  #next = 0;
  readonly #again: number[] = [];
  readonly #underWay = new Set<number>();
  #confirmed = 0;

  constructor(private readonly messages: number) {}

  get confirmed(): number {
    return this.#confirmed;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get isDone(): boolean {
    return this.#confirmed === this.messages;
  }

  /** The number of a message to send now; undefined while none waits. */
  take(): number | undefined {
    const repeated = this.#again.shift();
    if (repeated !== undefined) this.repeated++;
    const number = repeated ?? (this.#next < this.messages ? this.#next++ : undefined);
    if (number !== undefined) this.#underWay.add(number);
    return number;
  }

  /** The broker has it. */
  confirm(number: number): void {
    if (this.#underWay.delete(number)) this.#confirmed++;
  }

  /** The broker has it not, or nobody knows. */
  giveBack(number: number): void {
    if (this.#underWay.delete(number)) this.#again.push(number);
  }

  giveAllBack(): void {
    for (const number of [...this.#underWay]) this.giveBack(number);
  }
}
