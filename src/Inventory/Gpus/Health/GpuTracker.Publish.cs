using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>From what is remembered to what the book is told, and what is to be tested.</summary>
internal sealed partial class GpuTracker
{
    /// <summary>A device that nobody has and that only lacks its self-test; null when there is none. It counts as being tested from now on.</summary>
    public string? NextToTest()
    {
        lock (_gate)
        {
            if (options.CurrentValue.Gpu.SelfTest == SelfTestLevel.Off || _problem is not null) return null;
            var owners = book.GpuOwners;
            var next = _cards.Values.FirstOrDefault(card =>
                !card.IsTested && !card.IsBeingTested && !owners.ContainsKey(card.Uuid) && Against(card) is null
                && (card.TestedAt is not { } at || time.GetElapsedTime(at) >= TestRetry));
            if (next is null) return null;
            next.IsBeingTested = true;
            Publish();
            return next.Uuid;
        }
    }

    /// <summary>Claims a device for a test that the operator asked for.</summary>
    /// <returns>Why it cannot be tested now; null when it is claimed.</returns>
    public string? ClaimForTest(string uuid)
    {
        lock (_gate)
        {
            if (!_cards.TryGetValue(uuid, out var card)) return $"no GPU {uuid} was ever seen here; 'provider-agent inventory' lists them";
            if (book.GpuOwners.TryGetValue(uuid, out var owner)) return $"{uuid} is set aside for {owner}: a test would disturb the tenant";
            if (card.IsBeingTested) return $"{uuid} is being tested already";
            if (IsExcluded(card)) return $"{uuid} is excluded by inventory.gpu.exclude";
            card.IsBeingTested = true;
            Publish();
            return null;
        }
    }

    /// <summary>What a test found.</summary>
    public void Tested(SelfTestReport report)
    {
        lock (_gate)
        {
            if (!_cards.TryGetValue(report.Uuid, out var card)) return;
            (card.IsBeingTested, card.TestedAt) = (false, time.GetTimestamp());
            card.TestProblem = report.Outcome == SelfTestOutcome.Impossible ? report.Detail : null;
            card.IsTested = report.Outcome == SelfTestOutcome.Passed;
            metrics.SelfTested(report.Outcome);
            if (report.Outcome == SelfTestOutcome.Failed) Hold(card, $"self-test failed: {report.Detail}");
            else if (report.Outcome == SelfTestOutcome.Passed) Log.Passed(log, report.Uuid, report.Milliseconds, report.TestedBytes);
            Publish();
        }

        Changed();
    }

    private bool IsExcluded(GpuRecord card) => options.CurrentValue.Gpu.Exclude.Any(entry => IsMeant(entry, card.Card));

    private static bool IsMeant(string entry, GpuCard card) =>
        entry.Equals(card.Uuid, StringComparison.OrdinalIgnoreCase) || PciAddress.ForNvml(entry) == PciAddress.ForNvml(card.PciBusId);

    /// <summary>What speaks against selling a device, its test aside; null when nothing does.</summary>
    private (GpuCondition Condition, string Reason)? Against(GpuRecord card)
    {
        var worst = card.Complaints.Count > 0 ? card.Complaints[0] : null;
        if (worst?.Weight == Weight.Lost) return (GpuCondition.Lost, card.Quarantine is { } held ? $"{worst.Text}; {held.Reason}" : worst.Text);
        if (card.Quarantine is { } quarantine) return (GpuCondition.Quarantined, quarantine.Reason);
        if (worst?.Weight is Weight.Refuse or Weight.Quarantine) return (GpuCondition.Quarantined, worst.Text);
        if (IsExcluded(card)) return (GpuCondition.Resting, "excluded by inventory.gpu.exclude");
        if (_problem is not null) return (GpuCondition.Resting, _problem);
        if (worst is not null) return (GpuCondition.Resting, worst.Text);
        if (card.Lingering is { } lingering && time.GetElapsedTime(lingering.At) < Linger) return (GpuCondition.Resting, $"recovering from: {lingering.Text}");
        if (card.Card.Model is null) return (GpuCondition.Resting, "it has no name on the market: product name and memory are not known");
        if (card.Card.IsDerived && !options.CurrentValue.Gpu.AdvertiseDerived)
            return (GpuCondition.Resting, $"not in the table of GPUs; its derived name is '{card.Card.Model.Name}': set inventory.gpu.aliases or inventory.gpu.advertise_derived to sell it");
        return card.ForeignUse is { } use ? (GpuCondition.Resting, use) : null;
    }

    private (GpuCondition Condition, string Reason) Judge(GpuRecord card)
    {
        if (Against(card) is { } against) return against;
        if (card.IsBeingTested) return (GpuCondition.Resting, "the self-test is running");
        if (card.IsTested || options.CurrentValue.Gpu.SelfTest == SelfTestLevel.Off) return (GpuCondition.Healthy, "");
        return (GpuCondition.Resting, card.TestProblem is { } problem ? $"the self-test cannot be made: {problem}" : "waits for its self-test");
    }

    /// <summary>Tells the book. Called with the gate held; the book's lock is only ever taken inside it.</summary>
    private void Publish()
    {
        // What a lease gave back is tested before the next one gets it.
        foreach (var uuid in book.TakeReturnedGpus())
        {
            if (_cards.TryGetValue(uuid, out var card)) (card.IsTested, card.TestedAt, card.CleanSweeps) = (false, null, 0);
        }

        var owners = book.GpuOwners;
        var facts = new List<GpuFact>();
        foreach (var card in _cards.Values)
        {
            var (condition, reason) = Judge(card);
            // What a tenant does with its device is no foreign use, and its test is done when it comes back.
            if (owners.ContainsKey(card.Uuid) && condition == GpuCondition.Resting) (condition, reason) = Serious(card);
            facts.Add(new(card.Card, condition, reason));
        }

        Keep(facts, owners);
        book.GpusSeen(facts, _topology, _problem);
        Tell(facts);
    }

    private static (GpuCondition Condition, string Reason) Serious(GpuRecord card) =>
        card.Complaints.Count > 0 ? (GpuCondition.Resting, card.Complaints[0].Text) : (GpuCondition.Healthy, "");

    /// <summary>Marks what the owner keeps: of a model the free devices first, so that it really gets them.</summary>
    private void Keep(List<GpuFact> facts, IReadOnlyDictionary<string, OrderId> owners)
    {
        foreach (var entry in KeepPlan.Gpus(options.CurrentValue.Keep, time.GetUtcNow()))
        {
            var part = entry.Split('=', 2);
            var limit = part.Length == 2 && int.TryParse(part[1], out var count) ? count : int.MaxValue;
            for (var i = 0; i < facts.Count && limit > 0; i++)
            {
                var fact = facts[i];
                var isNamed = part.Length == 1 && IsMeant(entry, fact.Card);
                if (!isNamed && fact.Card.Model?.Name != part[0]) continue;
                if (owners.ContainsKey(fact.Card.Uuid)) continue;
                if (fact.Condition == GpuCondition.Healthy) facts[i] = fact with { Condition = GpuCondition.Kept, Reason = "kept for the owner" };
                if (facts[i].Condition == GpuCondition.Kept) limit--;
            }
        }
    }

    /// <summary>One line for each device whose condition is another; a reason that only changes its words (a temperature, say) is none.</summary>
    private void Tell(List<GpuFact> facts)
    {
        foreach (var gone in _told.Keys.Except(facts.Select(fact => fact.Card.Uuid)).ToArray()) _told.Remove(gone);
        foreach (var fact in facts)
        {
            if (_told.TryGetValue(fact.Card.Uuid, out var told) && told == fact.Condition) continue;
            _told[fact.Card.Uuid] = fact.Condition;
            if (fact.Condition == GpuCondition.Healthy) Log.Fit(log, fact.Card.Uuid);
            else Log.Unfit(log, fact.Card.Uuid, fact.Condition, fact.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2030, LogLevel.Information, "Found GPU {Uuid}, {Name}, at {Pci}", EventName = "GpuFound")]
        public static partial void Found(ILogger logger, string uuid, string name, string pci);

        [LoggerMessage(2031, LogLevel.Information, "GPU {Uuid} is fit for sale", EventName = "GpuFit")]
        public static partial void Fit(ILogger logger, string uuid);

        [LoggerMessage(2039, LogLevel.Information, "GPU {Uuid} is not for sale ({Condition}): {Reason}", EventName = "GpuUnfit")]
        public static partial void Unfit(ILogger logger, string uuid, GpuCondition condition, string reason);

        [LoggerMessage(2032, LogLevel.Error, "GPU {Uuid} is taken out of sale until 'provider-agent gpu restore': {Reason}", EventName = "GpuQuarantined")]
        public static partial void Quarantined(ILogger logger, string uuid, string reason);

        [LoggerMessage(2033, LogLevel.Information, "GPU {Uuid} is restored; it is tested before it is sold", EventName = "GpuRestored")]
        public static partial void Restored(ILogger logger, string uuid);

        [LoggerMessage(2034, LogLevel.Information, "GPU {Uuid} reported {Xid}: a fault of the program on it, the device is kept", EventName = "ApplicationXid")]
        public static partial void ApplicationXid(ILogger logger, string uuid, string xid);

        [LoggerMessage(2035, LogLevel.Error, "GPU {Uuid} reported {Xid}", EventName = "DeviceXid")]
        public static partial void DeviceXid(ILogger logger, string uuid, string xid);

        [LoggerMessage(2036, LogLevel.Information, "GPU {Uuid} passed its self-test in {Milliseconds:0} ms over {Bytes} bytes", EventName = "SelfTestPassed")]
        public static partial void Passed(ILogger logger, string uuid, double milliseconds, long bytes);

        [LoggerMessage(2037, LogLevel.Error, "Two GPUs say that they are {Uuid}; only the first is looked at", EventName = "SameUuid")]
        public static partial void SameUuid(ILogger logger, string uuid);
    }
}
