/** The table, line by line as it is measured: what, our seconds, beside what, the goal, the ratio, and whether it is met. */
export class Report {
  section(title) {
    console.log(`\n${title}`);
  }

  /** A time without a goal. */
  time(what, seconds, beside = '') {
    line(what, inSeconds(seconds), beside);
  }

  /** At least `goal` times as fast as the other one, if that could be measured. */
  faster(what, seconds, other) {
    const goal = `goal ≥ ${other.goal} ×`;
    if (!other.seconds) return line(what, inSeconds(seconds), `${other.name} ?`, goal, '', 'skipped: not installed');
    const ratio = other.seconds / seconds;
    line(
      what,
      inSeconds(seconds),
      `${other.name} ${inSeconds(other.seconds)}`,
      goal,
      `${ratio.toFixed(1)} ×`,
      verdict(ratio >= other.goal),
    );
  }

  /** At most `goal` times as slow as the other one, if that could be measured. */
  slower(what, seconds, other, goal) {
    if (!other) return line(what, inSeconds(seconds), '', `goal ≤ ${goal} ×`, '', 'skipped: not installed');
    const ratio = seconds / other.seconds;
    line(
      what,
      inSeconds(seconds),
      `${other.name} ${inSeconds(other.seconds)}`,
      `goal ≤ ${goal} ×`,
      `${ratio.toFixed(2)} ×`,
      verdict(ratio <= goal),
    );
  }

  /** A number with an upper bound. */
  atMost(what, value, unit, goal) {
    line(
      what,
      '',
      '',
      `goal ≤ ${goal} ${unit}`.trimEnd(),
      `${value.toFixed(2)} ${unit}`.trimEnd(),
      verdict(value <= goal),
    );
  }
}

function verdict(met) {
  return met ? 'ok' : 'MISSED';
}

function inSeconds(seconds) {
  return `${seconds.toFixed(3)} s`;
}

function line(what, seconds, beside = '', goal = '', measured = '', result = '') {
  console.log(
    `  ${what.padEnd(64)} ${seconds.padStart(9)}  ${beside.padEnd(26)} ${goal.padEnd(13)} ${measured.padStart(8)}  ${result}`.trimEnd(),
  );
}
