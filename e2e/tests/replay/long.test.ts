// A replay of any length opens and plays in the memory of a few chunks: what is asked for is what lies around the playhead.
// REPLAY_MB makes it heavier than is asked of every run; it counts the records as they are inflated.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../../src/api";
import { linesOnStage } from "../../src/lines";
import { CHUNK_MS, seedReplay } from "../../src/seed-replay";
import { test } from "../../src/test";
import { momentOf, player, seekTo, slider } from "../../src/watching";

const MB = 1e6;
const WHOLE_MB = Number(process.env.REPLAY_MB ?? 24);
const CHUNK_BYTES = 500_000;
/** From the keyframe before the playhead to what is fetched ahead of it. */
const CHUNKS_AROUND = 6 + 4 + 1;
/** The dashboard itself, what the loader keeps (48 MiB), and what the frame holds: its text, read and played. */
const HEAP_MB = 140;

/** Numbers of the chunks that the player asks for. */
function watchRequests(page: Page) {
  const asked: number[] = [];
  page.on("request", (request) => {
    const index = /\/replay\/chunks\/[^/]+\/(\d+)$/.exec(request.url())?.[1];
    if (index) asked.push(Number(index));
  });
  return asked;
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

test(`a replay of ${WHOLE_MB} MB plays in bounded memory, from its start to its end`, {
  timeout: 60_000 + WHOLE_MB * 3000,
}, async ({ page, api, site, footpath }) => {
  const nChunks = Math.ceil((WHOLE_MB * MB) / CHUNK_BYTES);
  const { id, start, end, bytes } = await seedReplay(footpath, api, site, { nChunks, chunkBytes: CHUNK_BYTES });
  expect(bytes).toBeGreaterThan(WHOLE_MB * MB * 0.9);
  const asked = watchRequests(page);
  await page.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
  await slider(page).waitFor();
  const shift = ((await api.replay(id)).start as number) - start;
  const expectChunk = (n: number) =>
    eventually(async () => {
      const lines = await linesOnStage(page);
      expect(lines.map((line) => line.trim())).toContain(`Chunk ${n}`);
    }, 30_000);
  const goTo = async (n: number) => {
    await seekTo(page, start + shift + n * CHUNK_MS + 500);
    await expectChunk(n);
  };

  // At its start, only what lies ahead is asked for.
  await goTo(0);
  await eventually(async () => expect(asked).toContain(4));
  expect(Math.max(...asked)).toBeLessThanOrEqual(CHUNKS_AROUND);
  expect(asked.length).toBeLessThanOrEqual(CHUNKS_AROUND);

  // At its end, only what the page there is made of.
  const before = asked.length;
  const last = nChunks - 1;
  await goTo(last);
  expect(Math.min(...asked.slice(before))).toBeGreaterThanOrEqual(last - CHUNKS_AROUND);
  expect(asked.length - before).toBeLessThanOrEqual(CHUNKS_AROUND);
  expect(asked.length * CHUNK_BYTES).toBeLessThan(bytes / 2);
  await eventually(async () => expect(await momentOf(page)).toBeLessThan(end + shift));

  // Through all of it, what was looked at is let go.
  for (let n = 0; n < nChunks; n += 4) await goTo(n);
  await goTo(last);
  const heap = (await heapOf(page)) / MB;
  expect(heap, "MB of heap").toBeLessThan(HEAP_MB);

  // And it plays on from the middle.
  await goTo(Math.floor(nChunks / 2));
  const from = await momentOf(page);
  await player(page).getByRole("button", { name: "Play", exact: true }).click();
  await eventually(async () => expect(await momentOf(page)).toBeGreaterThan(from + CHUNK_MS));
});
