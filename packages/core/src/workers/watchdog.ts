/** In so many looks a patience runs out: a machine that slept through it counts one. */
const LOOKS = 20

/** Calls `onSilence` once it was not stopped for so many seconds since its start. */
export function watchdog(onSilence: (seconds: number) => void) {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearInterval(timer)
  return {
    start(seconds: number) {
      stop()
      let looks = 0
      timer = setInterval(
        () => {
          if (++looks < LOOKS) return
          stop()
          onSilence(seconds)
        },
        (1000 * seconds) / LOOKS,
      )
      timer.unref()
    },
    stop,
  }
}
