using System.Diagnostics.Metrics;

namespace ProviderAgent.Metering;

/// <summary>Instruments of this room. None carries an id of a lease; those values come from <see cref="UsageSampler.Snapshot"/>.</summary>
internal sealed class MeteringMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ProviderAgent.Metering";

    private readonly Histogram<double> _round;
    private readonly Counter<long> _readings;
    private readonly Counter<long> _withdrawals;
    private readonly Counter<long> _income;
    private readonly Counter<long> _fees;
    private readonly Counter<long> _contradictions;

    public MeteringMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _round = Meter.CreateHistogram<double>("provider_usage_round_seconds", "s", "Time to sample all containers and store the result.");
        _readings = Meter.CreateCounter<long>("provider_usage_readings_total", null, "Readings of containers by result.");
        _withdrawals = Meter.CreateCounter<long>("provider_withdrawals_total", null, "Withdrawals by result: done, refused, unknown.");
        _income = Meter.CreateCounter<long>("provider_income_total", null, "Recorded income in units of the coin.");
        _fees = Meter.CreateCounter<long>("provider_withdrawal_fees_total", null, "Fees paid for withdrawals in units of the coin.");
        _contradictions = Meter.CreateCounter<long>("provider_settlement_contradictions_total", null, "Totals read that are below what was read before.");
    }

    public Meter Meter { get; }

    /// <summary>Gauges that are read at scrape time.</summary>
    public void ObserveSampling(Func<int> containers, Func<double> lastRound)
    {
        Meter.CreateObservableGauge("provider_usage_containers", containers, null, "Containers in the last round of samples.");
        Meter.CreateObservableGauge("provider_usage_last_round_timestamp_seconds", lastRound, "s", "When the last round of samples was stored; its age raises the alarm.");
    }

    /// <inheritdoc cref="ObserveSampling"/>
    public void ObserveTreasury(Func<IEnumerable<Measurement<double>>> owed, Func<double> lastCheck)
    {
        Meter.CreateObservableGauge("provider_owed_coins", owed, null, "Earned and not yet withdrawn, in units of the coin, as of the last check.");
        Meter.CreateObservableGauge("provider_treasury_last_check_timestamp_seconds", lastCheck, "s", "When leases and escrows were last read whole; its age raises the alarm.");
    }

    /// <inheritdoc cref="ObserveSampling"/>
    public void ObserveFeeFloat(Func<IEnumerable<Measurement<long>>> balances, Func<int> isLow)
    {
        Meter.CreateObservableGauge("provider_balance_coins", balances, null, "What is on the account, in units of the coin, as of the last look.");
        Meter.CreateObservableGauge("provider_fee_float_low", isLow, null, "1 while less than treasury.keep_akt is left for fees and deposits.");
    }

    public void Round(TimeSpan took) => _round.Record(took.TotalSeconds);

    public void Reading(ReadingState state) => _readings.Add(1, new KeyValuePair<string, object?>("result", Name(state)));

    public void Withdrawal(string result) => _withdrawals.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Income(Coin delta) => _income.Add(delta.Amount, new KeyValuePair<string, object?>("denom", delta.Denom.Value));

    public void Fee(Coin fee) => _fees.Add(fee.Amount, new KeyValuePair<string, object?>("denom", fee.Denom.Value));

    public void Contradiction() => _contradictions.Add(1);

    public void Dispose() => Meter.Dispose();

    private static string Name(ReadingState state) => state switch
    {
        ReadingState.Read => "read",
        ReadingState.Gone => "gone",
        _ => "refused",
    };
}
