import type { Report, ReportedFinding } from '../checks/finding';
import { addTo } from '../model/multimap';
import { paragraph, placeText } from './show';

/** JUnit's XML: a suite for each check, a case for each object that it has something to say of. */
export function junit({ findings, unreadable, summary }: Report): string {
  const byCheck = new Map<string, ReportedFinding[]>();
  for (const finding of findings) addTo(byCheck, finding.check, finding);
  const suites = [...byCheck].map(([check, group]) => {
    const failures = group.filter(breaks).length;
    const skipped = group.filter(({ verdict }) => verdict === 'unknown').length;
    return `  <testsuite name=${attribute(check)} tests="${group.length}" failures="${failures}" errors="0" skipped="${skipped}">\n${group.map(caseOf).join('')}  </testsuite>\n`;
  });
  if (unreadable.length > 0) {
    const cases = unreadable.map(
      (part) =>
        `    <testcase name=${attribute(part.file)} classname="input"><error message=${attribute(part.reason)}>${escaped(placeText(part))}</error></testcase>\n`,
    );
    suites.push(
      `  <testsuite name="input" tests="${unreadable.length}" failures="0" errors="${unreadable.length}" skipped="0">\n${cases.join('')}  </testsuite>\n`,
    );
  }
  if (suites.length === 0)
    suites.push(
      `  <testsuite name="strata verify" tests="1" failures="0" errors="0" skipped="0">\n    <testcase name="${summary.objects} objects" classname="strata"/>\n  </testsuite>\n`,
    );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="strata verify" failures="${summary.willBreak}" errors="${summary.unreadable}">\n${suites.join('')}</testsuites>`;
}

function breaks({ severity, verdict }: ReportedFinding): boolean {
  return severity === 'will-break' && verdict === 'fail';
}

function caseOf(finding: ReportedFinding): string {
  const said = escaped(`${paragraph(finding)}\n${placeText(finding)}`);
  const open = `    <testcase name=${attribute([finding.object, finding.path].filter(Boolean).join(' '))} classname=${attribute(finding.check)} file=${attribute(finding.file)} line="${finding.line}">`;
  if (breaks(finding))
    return `${open}<failure type=${attribute(finding.check)} message=${attribute(finding.message)}>${said}</failure></testcase>\n`;
  if (finding.verdict === 'unknown') return `${open}<skipped message=${attribute(finding.message)}/></testcase>\n`;
  return `${open}<system-out>${said}</system-out></testcase>\n`;
}

function attribute(text: string): string {
  return `"${escaped(text).replace(/\s/g, (space) => (space === ' ' ? ' ' : `&#${space.codePointAt(0)};`))}"`;
}

function escaped(text: string): string {
  const legal = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
