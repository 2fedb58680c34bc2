// Reads Chromium's trace: how long the main thread's tasks took, and how much of each was the recorder's own. What is the
// recorder's is told by samples of the stack: those with a function of a script that is not the page's, with all that it
// has called, and the garbage collection that struck while it ran.

const CATEGORIES = ["disabled-by-default-devtools.timeline", "disabled-by-default-v8.cpu_profiler"];

export async function traced(browser, page, run) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await run();
  return JSON.parse((await browser.stopTracing()).toString()).traceEvents;
}

const isRecorder = (url) => /^http.*\.js(\?|$)/.test(url ?? "");

/** Samples of a profile: when each was taken, how long it stands for (µs), and whether the recorder ran. */
function samplesOf(events) {
  const profiles = new Map();
  for (const { name, pid, id, args } of events) {
    if (name !== "Profile" && name !== "ProfileChunk") continue;
    const key = `${pid} ${id}`;
    const profile = profiles.get(key) ?? { pid, at: 0, nodes: new Map(), last: false, samples: [] };
    profiles.set(key, profile);
    const { data } = args;
    if (data.startTime) profile.at = data.startTime;
    const { nodes = [], samples = [] } = data.cpuProfile ?? {};
    for (const { id, parent, callFrame } of nodes) {
      const above = profile.nodes.get(parent);
      const isGc = callFrame.functionName === "(garbage collector)";
      profile.nodes.set(id, { ofRecorder: above?.ofRecorder || isRecorder(callFrame.url), isGc });
    }
    samples.forEach((id, n) => {
      profile.at += data.timeDeltas?.[n] ?? 0;
      const before = profile.samples.at(-1);
      if (before) before.lasts = profile.at - before.at;
      const node = profile.nodes.get(id);
      const ofRecorder = node.isGc ? profile.last : node.ofRecorder;
      profile.last = ofRecorder;
      profile.samples.push({ at: profile.at, lasts: 0, ofRecorder });
    });
  }
  return [...profiles.values()];
}

/** Milliseconds: the longest task, the most that the recorder took of one, and all that it took. */
export function tasksOf(events) {
  // Chromium's own surfaces are pages too, with tasks of their own.
  const isOurs = ({ name, args }) => name === "FrameCommittedInBrowser" && args.data.url.startsWith("http");
  const pids = new Set(events.filter(isOurs).map(({ args }) => args.data.processId));
  const isMain = ({ name, pid, args }) => name === "thread_name" && args.name === "CrRendererMain" && pids.has(pid);
  const threads = new Set(events.filter(isMain).map(({ pid, tid }) => `${pid} ${tid}`));
  const isTask = ({ name, ph, pid, tid }) => name === "RunTask" && ph === "X" && threads.has(`${pid} ${tid}`);
  const tasks = events.filter(isTask);
  if (!tasks.length) throw new Error("the trace has no tasks of a page");
  const profiles = samplesOf(events);
  const told = tasks.map(({ pid, ts, dur }) => {
    let own = 0;
    for (const { samples } of profiles.filter((profile) => profile.pid === pid)) {
      // The first that is not before the task.
      let low = 0;
      for (let high = samples.length; low < high; ) {
        const middle = (low + high) >> 1;
        if (samples[middle].at < ts) low = middle + 1;
        else high = middle;
      }
      for (; low < samples.length && samples[low].at < ts + dur; low++) {
        const { at, lasts, ofRecorder } = samples[low];
        if (ofRecorder) own += Math.min(lasts, ts + dur - at);
      }
    }
    return { whole: dur / 1000, own: own / 1000 };
  });
  const most = (of) => Math.max(...told.map(of));
  const sum = told.reduce((all, { own }) => all + own, 0);
  return { whole: most(({ whole }) => whole), own: most(({ own }) => own), sum };
}
