import { checksCalled, isGroup } from '../checks/choose';
import { checks as allChecks } from '../checks/registry';
import { checksList, checkText } from '../report/checks';
import type { Run } from './options/table';
import type { checks } from './tables';

export const command: Run<typeof checks> = (_composition, { values, words }, host) => {
  const asked = words.length > 0 ? words.flatMap((word) => checksCalled(allChecks, word)) : allChecks;
  if (values.format === 'json') {
    const abouts = asked.map(({ judge: _, ...about }) => about);
    host.print(JSON.stringify(abouts, null, 2));
  } else if (words.every(isGroup)) {
    for (const line of checksList(asked)) host.print(line);
  } else {
    for (const line of asked.flatMap(checkText)) host.print(line);
  }
};
