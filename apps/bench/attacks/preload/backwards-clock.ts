// The wall clock runs backwards, twenty seconds a second, as a machine's does whose clock is set.
const now = Date.now
const began = now()
const backwards = () => began - 20 * (now() - began)

const RealDate = Date
class BackwardsDate extends RealDate {
  constructor(...args: []) {
    if (args.length === 0) super(backwards())
    else super(...args)
  }
  static override now = backwards
}
globalThis.Date = BackwardsDate as DateConstructor
