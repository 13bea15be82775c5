// How long frames take and what they cost: from the browser's own trace, whose processor times hold also on a machine
// that others use at the same time.

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
/** A task that is longer than this makes a page feel stuck. */
const LONG_MS = 50;

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Traces what happens in `act`. All times are milliseconds. */
export async function traced(page, act) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) if (event.ph === 'X' || event.name === 'thread_name') events.push(event);
  });
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES } });
  await act(page);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return figures(events);
}

function figures(events) {
  // The page's main thread is the one that hands over its frames.
  const commits = events.filter(({ name }) => name === 'Commit');
  const counts = new Map();
  for (const { pid, tid } of commits) counts.set(`${pid}/${tid}`, (counts.get(`${pid}/${tid}`) ?? 0) + 1);
  const [main] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const ofMain = ({ pid, tid }) => `${pid}/${tid}` === main;
  const ends = commits.filter(ofMain).map(({ ts, dur }) => ts + dur).sort((a, b) => a - b);
  const tasks = events.filter((event) => event.name === 'RunTask' && ofMain(event)).sort((a, b) => a.ts - b.ts);
  // All that was done since the frame before, up to the task in which this one was handed over.
  const cost = new Array(ends.length).fill(0);
  let frame = 0;
  for (const { ts, dur, tdur } of tasks) {
    while (frame < ends.length && ends[frame] < ts) frame += 1;
    if (frame < ends.length) cost[frame] += (tdur ?? dur) / 1000;
  }
  const times = tasks.map(({ dur, tdur }) => (tdur ?? dur) / 1000);
  const [first, last] = [tasks[0], tasks.at(-1)];
  const wall = first && last ? (last.ts + last.dur - first.ts) / 1000 : 1;
  return {
    intervals: ends.slice(1).map((ts, at) => (ts - ends[at]) / 1000),
    cost,
    long: times.filter((time) => time > LONG_MS).length,
    longest: times.reduce((most, time) => Math.max(most, time), 0),
    busy: times.reduce((sum, time) => sum + time, 0) / wall,
  };
}
