// Prints the coverage of each room, the first folder of a path: `npm test -- --coverage`. A report of Istanbul, which jest asks for by its
// path; `--coverageReporters text` gives the table of files.
const { relative, sep } = require('node:path');

const KINDS = ['statements', 'branches', 'functions', 'lines'];

/** Covered and all statements, branches, functions and lines by room, from the summaries of files. */
function byRoom(files) {
  const rooms = new Map();
  for (const { path, summary } of files) {
    const first = path.split(sep)[0];
    const room = path.includes(sep) ? `${first}/` : first;
    const sums = rooms.get(room) ?? Object.fromEntries(KINDS.map((kind) => [kind, { covered: 0, total: 0 }]));
    for (const kind of KINDS) {
      sums[kind].covered += summary[kind].covered;
      sums[kind].total += summary[kind].total;
    }
    rooms.set(room, sums);
  }
  return new Map([...rooms].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function table(rooms) {
  const percent = ({ covered, total }) => (total === 0 ? '–' : `${((100 * covered) / total).toFixed(1)} %`);
  const rows = [
    ['room', ...KINDS],
    ...[...rooms].map(([room, sums]) => [room, ...KINDS.map((kind) => percent(sums[kind]))]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
}

module.exports = class {
  execute(context) {
    const files = [];
    context.getTree('flat').visit({
      onDetail: (node) => {
        const coverage = node.getFileCoverage();
        files.push({ path: relative(process.cwd(), coverage.path), summary: coverage.toSummary().toJSON() });
      },
    });
    console.log(`\n${table(byRoom(files)).join('\n')}\n`);
  }
};
module.exports.byRoom = byRoom;
module.exports.table = table;
