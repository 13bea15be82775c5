// Runs in the page: how long frames take, and what holds them up.

/** Begins to measure. */
export function watch() {
  const frames = { intervals: [], work: [], long: [], on: true };
  window.__frames = frames;
  const channel = new MessageChannel();
  let began = 0;
  // The message comes after the frame's callbacks, styles, layout and paint.
  channel.port1.onmessage = () => frames.work.push(performance.now() - began);
  let before = performance.now();
  const frame = (now) => {
    if (!frames.on) return;
    began = performance.now();
    frames.intervals.push(now - before);
    before = now;
    channel.port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => frames.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
}

export function stop() {
  const frames = window.__frames;
  frames.on = false;
  return { intervals: frames.intervals.slice(1), work: frames.work, long: frames.long };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
