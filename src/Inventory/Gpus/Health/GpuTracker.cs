using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

/// <summary>Turns what the probe says into what is for sale: remembers each device by its UUID, holds against it what it did, and tells the book.</summary>
internal sealed partial class GpuTracker(
    ReservationBook book, ForeignUse foreign, GpuNames names, InventoryMetrics metrics, IOptionsMonitor<InventoryOptions> options, TimeProvider time, ILogger<GpuTracker> log) : IGpuFindings
{
    /// <summary>How long after something passed a device still rests.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    /// <summary>After this long a self-test that could not be made is tried again.</summary>
    public static readonly TimeSpan TestRetry = TimeSpan.FromMinutes(5);

    private const int CleanSweepsNeeded = 2;
    private const int MaxCards = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, GpuRecord> _cards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GpuQuarantine> _quarantines = [];
    private readonly HashSet<string> _unsaved = [];
    private readonly HashSet<uint> _ownProcesses = [];
    private readonly Dictionary<string, GpuCondition> _told = new(StringComparer.Ordinal);
    private GpuTopology _topology = GpuTopology.None;
    private string? _problem = "the GPUs have not been looked at yet";
    private string _driver = "";

    /// <summary>Something changed that has to be stored or tested. Called without any lock.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>Version of the GPU driver; empty when not known.</summary>
    public string DriverVersion
    {
        get
        {
            lock (_gate) return _driver;
        }
    }

    /// <summary>The latest readings, by UUID.</summary>
    public IReadOnlyDictionary<string, GpuReading> Readings
    {
        get
        {
            lock (_gate) return _cards.Values.ToDictionary(card => card.Uuid, card => card.Reading);
        }
    }

    /// <summary>Takes over what was stored before.</summary>
    public void Remember(IEnumerable<GpuQuarantine> stored)
    {
        lock (_gate)
        {
            foreach (var quarantine in stored)
            {
                _quarantines[quarantine.Uuid] = quarantine;
                if (_cards.TryGetValue(quarantine.Uuid, out var card)) card.Quarantine = quarantine;
            }

            Publish();
        }
    }

    public void Swept(GpuSweep sweep)
    {
        lock (_gate)
        {
            _problem = Problem(sweep);
            if (sweep.DriverVersion.Length > 0) _driver = sweep.DriverVersion;
            if (sweep.Links is { } links) _topology = new(links);
            if (sweep.Source != "none") TakeIn(sweep);
            Publish();
        }

        metrics.GpuSwept();
        Changed();
    }

    public void Reported(XidReport xid)
    {
        lock (_gate)
        {
            var kind = XidClasses.Of(xid.Code);
            var text = FormattableString.Invariant($"XID {xid.Code}: {XidClasses.Text(xid.Code)}");
            metrics.Xid(xid.Code, kind);
            if (kind == XidClass.Application) Log.ApplicationXid(log, xid.Uuid, text);
            else Log.DeviceXid(log, xid.Uuid, text);
            foreach (var card in Meant(xid))
            {
                if (kind == XidClass.Quarantine) Hold(card, text);
                else if (kind == XidClass.Drain) (card.IsTested, card.Lingering) = (false, (text, time.GetTimestamp()));
            }

            Publish();
        }

        Changed();
    }

    public void Unknown(string problem)
    {
        lock (_gate)
        {
            _problem = problem;
            Publish();
        }

        metrics.ProbeFailed();
    }

    /// <summary>Looks again at what depends on configuration, time and leases rather than on the devices.</summary>
    public void Refresh()
    {
        lock (_gate) Publish();
    }

    /// <summary>Takes a device out of sale.</summary>
    /// <returns>False when it was never seen.</returns>
    public bool Quarantine(string uuid, string reason)
    {
        lock (_gate)
        {
            if (!_cards.TryGetValue(uuid, out var card)) return false;
            Hold(card, reason);
            Publish();
        }

        Changed();
        return true;
    }

    /// <summary>Forgives a device everything; it is tested before it is sold.</summary>
    /// <returns>False when nothing is held against it.</returns>
    public bool Restore(string uuid)
    {
        lock (_gate)
        {
            var known = _quarantines.Remove(uuid);
            if (_cards.TryGetValue(uuid, out var card)) (card.Quarantine, card.IsTested, card.BaselineEcc, card.Lingering, card.TestedAt) = (null, false, null, null, null);
            if (!known) return false;
            _unsaved.Remove(uuid);
            Log.Restored(log, uuid);
            Publish();
        }

        Changed();
        return true;
    }

    /// <summary>Quarantines that are not stored yet.</summary>
    public IReadOnlyList<GpuQuarantine> Unsaved()
    {
        lock (_gate) return [.. _unsaved.Select(uuid => _quarantines[uuid])];
    }

    public void Saved(GpuQuarantine quarantine)
    {
        lock (_gate)
        {
            if (_quarantines.TryGetValue(quarantine.Uuid, out var now) && now == quarantine) _unsaved.Remove(quarantine.Uuid);
        }
    }

    /// <summary>Our own processes that may touch devices.</summary>
    public void OwnProcess(uint pid, bool runs)
    {
        lock (_gate)
        {
            if (runs) _ownProcesses.Add(pid);
            else _ownProcesses.Remove(pid);
        }
    }

    private static string? Problem(GpuSweep sweep) => sweep switch
    {
        { Source: "nvml" } => null,
        { Code: NvmlReturn.LibRmVersionMismatch } => sweep.Code.Text(),
        { Source: "none", Code: NvmlReturn.LibraryNotFound or NvmlReturn.DriverNotLoaded } => "this machine has no NVIDIA driver",
        _ => $"the GPU driver cannot be asked: {sweep.Code.Text()}",
    };

    /// <summary>An error of a device that is not named can be anyone's: nothing is sold that may be broken.</summary>
    private GpuRecord[] Meant(XidReport xid)
    {
        if (xid.Uuid.Length == 0) return [.. _cards.Values];
        return _cards.TryGetValue(xid.Uuid, out var card) ? [card] : [];
    }

    private void TakeIn(GpuSweep sweep)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reading in sweep.Gpus)
        {
            var uuid = Identity(reading);
            if (uuid is null) continue; // a device that does not even say who it is; the one that is missing below
            if (!seen.Add(uuid))
            {
                Log.SameUuid(log, uuid);
                continue;
            }

            Look(uuid, reading);
        }

        foreach (var card in _cards.Values.Where(card => !seen.Contains(card.Uuid)))
        {
            card.Complaints = [new(Weight.Lost, "the driver does not list it any more")];
            card.IsTested = false;
        }
    }

    /// <summary>UUID; without one the address has to do, for devices that are shown but never sold.</summary>
    private static string? Identity(GpuReading reading) =>
        reading.Uuid.Length is > 0 and <= 96 ? reading.Uuid : reading.PciBusId.Length > 0 ? $"pci-{reading.PciBusId}" : null;

    private void Look(string uuid, GpuReading reading)
    {
        if (!_cards.TryGetValue(uuid, out var card))
        {
            if (_cards.Count >= MaxCards) return;
            card = new(uuid) { Card = Describe(uuid, reading, null), Quarantine = _quarantines.GetValueOrDefault(uuid) };
            _cards.Add(uuid, card);
            Log.Found(log, uuid, reading.Name, reading.PciBusId);
        }

        if (GpuHealthRules.AcceptedPower(reading.PowerMilliwatts) is { } drawn && book.IsLeased(uuid)) card.Power.Add(drawn);
        card.Card = Describe(uuid, reading, card.Card) with { LeasedMilliwatts = card.Power.MeanMilliwatts };
        card.Reading = reading;
        card.Complaints = GpuHealthRules.Check(reading, card.BaselineEcc);
        foreach (var complaint in card.Complaints.Where(complaint => complaint.Weight == Weight.Quarantine)) Hold(card, complaint.Text);
        if (card.Complaints.FirstOrDefault(complaint => complaint.Weight == Weight.Rest) is { } rest) card.Lingering = (rest.Text, time.GetTimestamp());
        if (card.Complaints.Any(complaint => complaint.Weight == Weight.Lost)) card.IsTested = false;
        if (card.Complaints.Count == 0 && card.Quarantine is null && reading.UncorrectedEcc is { } ecc && ecc != ulong.MaxValue) card.BaselineEcc ??= ecc;
        if (reading.UncorrectedEcc < card.BaselineEcc) card.BaselineEcc = reading.UncorrectedEcc; // the driver was loaded anew
        var use = foreign.Find(reading, _ownProcesses);
        card.CleanSweeps = use is null ? card.CleanSweeps + 1 : 0;
        if (use is not null) card.ForeignUse = use;
        else if (card.CleanSweeps >= CleanSweepsNeeded) card.ForeignUse = null;
    }

    private GpuCard Describe(string uuid, GpuReading reading, GpuCard? before)
    {
        var memory = GpuHealthRules.AcceptedMemory(reading.MemoryTotal);
        var known = names.Find(reading.PciDeviceId);
        var derived = known is null ? GpuNames.Derive(reading.Name, (ulong)memory) : null;
        var model = known ?? derived;
        if (known is null && derived is not null && Alias(reading.Name, derived.Name) is { } alias) (model, known) = (derived with { Name = alias }, derived);

        // A device that fell off the bus says nothing of itself: it is still the one that it was.
        if (before is not null && reading.Fault != NvmlReturn.Success) return before with { Index = reading.Index };
        return new(uuid, model, known is null, reading.Name.Length > 0 ? reading.Name : before?.Name ?? "", reading.PciBusId.Length > 0 ? reading.PciBusId : before?.PciBusId ?? "", memory, reading.Index)
        {
            RatedMilliwatts = GpuHealthRules.AcceptedPower(reading.PowerLimitMilliwatts) ?? before?.RatedMilliwatts,
        };
    }

    private string? Alias(string productName, string derivedName)
    {
        var aliases = options.CurrentValue.Gpu.Aliases;
        return aliases.GetValueOrDefault(productName) ?? aliases.GetValueOrDefault(derivedName);
    }

    private void Hold(GpuRecord card, string reason)
    {
        if (card.Quarantine is not null) return;
        card.Quarantine = new(card.Uuid, reason, time.GetUtcNow());
        card.IsTested = false;
        _quarantines[card.Uuid] = card.Quarantine;
        _unsaved.Add(card.Uuid);
        Log.Quarantined(log, card.Uuid, reason);
    }
}
