import Quantities
import Workloads

extension Machine {
  /// Joules that the arithmetic and the traffic of one run switch, without what a board takes for being
  /// on and for running anything at all.
  ///
  /// ```
  /// E = Σ (e_flop·FLOP + e_byte·bytes)
  /// ```
  public func switchingEnergy(of program: KernelProgram) -> Joules {
    Joules(dynamicEnergy(KernelTally(program)))
  }

  /// W of the board with its clocks up and nothing to do between two kernels.
  public var readyPower: Watts { Watts(power.idle + power.active) }
}
