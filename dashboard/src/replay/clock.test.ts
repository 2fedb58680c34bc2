import { expect, test } from 'vitest'
import { advance, type Clock, type Course, neighbour, otherSpeed, play, seek } from './clock'

const WHOLE = { start: 0, end: 100_000 }
const course = (given: Partial<Course> = {}): Course => ({ whole: WHOLE, stops: [], leaps: [], ...given })
const clock = (given: Partial<Clock> = {}): Clock => ({ at: 0, playing: true, speed: 1, stoppedAt: null, ...given })
const ERROR = { at: 5000, key: 'tab.7' }

test('it moves with time and speed, and stands still when it is paused', () => {
  expect(advance(clock(), 16, course()).at).toBe(16)
  expect(advance(clock({ speed: 8 }), 16, course()).at).toBe(128)
  expect(advance(clock({ speed: 0.5 }), 16, course()).at).toBe(8)
  expect(advance(clock({ playing: false }), 16, course()).at).toBe(0)
})

test('it stops exactly at an error, whatever the speed, and goes on past it', () => {
  const stopped = advance(clock({ at: 4990, speed: 8 }), 250, course({ stops: [ERROR] }))
  expect(stopped).toMatchObject({ at: 5000, playing: false, stoppedAt: ERROR })
  const onwards = advance(play(stopped, WHOLE), 100, course({ stops: [ERROR] }))
  expect(onwards).toMatchObject({ at: 5800, playing: true, stoppedAt: null })
})

test('what is idle is leapt over, but not an error in it', () => {
  const leaps = [{ start: 2000, end: 60_000 }]
  expect(advance(clock({ at: 1990 }), 16, course({ leaps })).at).toBe(60_000)
  expect(advance(clock({ at: 1990 }), 16, course({ leaps, stops: [ERROR] }))).toMatchObject({
    at: 5000,
    playing: false,
  })
  // Gone on from there, the rest of it is leapt over.
  expect(advance(clock({ at: 5000 }), 16, course({ leaps, stops: [ERROR] })).at).toBe(60_000)
})

test('at the end it stops, and playing begins anew', () => {
  const ended = advance(clock({ at: 99_990 }), 250, course())
  expect(ended).toMatchObject({ at: 100_000, playing: false })
  expect(play(ended, WHOLE)).toMatchObject({ at: 0, playing: true })
})

test('a moment outside is brought in, and whoever goes elsewhere has not stopped there', () => {
  expect(seek(clock({ stoppedAt: ERROR }), -5, WHOLE)).toMatchObject({ at: 0, stoppedAt: null })
  expect(seek(clock(), 1e9, WHOLE).at).toBe(100_000)
})

test('speeds have a fastest and a slowest', () => {
  expect(otherSpeed(1, 1)).toBe(2)
  expect(otherSpeed(8, 1)).toBe(8)
  expect(otherSpeed(0.5, -1)).toBe(0.5)
})

test('the next and the one before are others than the one it stands at', () => {
  const moments = [{ at: 10 }, { at: 20 }, { at: 20.5 }, { at: 30 }]
  expect(neighbour(moments, 10, 1)).toEqual({ at: 20 })
  expect(neighbour(moments, 20, 1)).toEqual({ at: 30 })
  expect(neighbour(moments, 30, -1)).toEqual({ at: 20.5 })
  expect(neighbour(moments, 10, -1)).toBeNull()
})
