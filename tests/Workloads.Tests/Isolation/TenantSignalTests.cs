using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Isolation;

/// <summary>From counters to reasons.</summary>
public sealed class TenantSignalTests
{
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly NetworkSignalOptions _options = new();

    [Theory]
    [InlineData(GuardTally.Mail, 1, TenantSignalKind.Mail)]
    [InlineData(GuardTally.MailSent, 1, TenantSignalKind.Mail)]
    [InlineData(GuardTally.Watched, 1, TenantSignalKind.Mining)]
    [InlineData(GuardTally.Forged, 1, TenantSignalKind.ForgedSource)]
    [InlineData(GuardTally.Destinations, 100, TenantSignalKind.Scan)]
    [InlineData(GuardTally.Destinations, 99, null)]
    [InlineData(GuardTally.UdpDestinations, 500, TenantSignalKind.Scan)]
    [InlineData(GuardTally.UdpDestinations, 499, null)]
    [InlineData(GuardTally.Private, 30, TenantSignalKind.PrivateAddresses)]
    [InlineData(GuardTally.Host, 29, null)]
    [InlineData(GuardTally.TooFast, 500, TenantSignalKind.Flood)]
    [InlineData(GuardTally.TooMany, 499, null)]
    [InlineData(GuardTally.UploadOver, 1_000_000, null)]
    public void Judge_OneTally_IsToldFromItsThresholdOn(GuardTally tally, long count, TenantSignalKind? kind) =>
        Assert.Equal(
            kind is { } told ? [(told, count)] : [],
            TenantSignalRules.Judge(new Dictionary<GuardTally, long> { [tally] = count }, HalfAMinute, _options));

    [Fact]
    public void Judge_ManyDestinationsThatAnswer_AreNoScan() => Assert.Empty(TenantSignalRules.Judge(
        new Dictionary<GuardTally, long> { [GuardTally.Destinations] = 10_000, [GuardTally.Answered] = 9_950 }, HalfAMinute, _options));

    // In half a minute: what a name server that asks for others, a browser's QUIC, a game with its list of servers, and a node of a peer-to-peer network do.
    [Theory]
    [InlineData(3_000, 2_900)]
    [InlineData(400, 390)]
    [InlineData(2_000, 1_700)]
    [InlineData(700, 250)]
    public void Judge_OrdinaryUdp_IsNoScan(long destinations, long answered) => Assert.Empty(TenantSignalRules.Judge(
        new Dictionary<GuardTally, long> { [GuardTally.UdpDestinations] = destinations, [GuardTally.UdpAnswered] = answered }, HalfAMinute, _options));

    [Fact]
    public void Judge_BothKindsOfScan_AreOneSignal() => Assert.Equal(
        [(TenantSignalKind.Scan, 700L)],
        TenantSignalRules.Judge(new Dictionary<GuardTally, long> { [GuardTally.Destinations] = 100, [GuardTally.UdpDestinations] = 610, [GuardTally.UdpAnswered] = 10 }, HalfAMinute, _options));

    [Fact]
    public void Judge_ThresholdsOff_TellNothing() => Assert.Empty(TenantSignalRules.Judge(
        new Dictionary<GuardTally, long> { [GuardTally.Destinations] = 10_000, [GuardTally.UdpDestinations] = 10_000, [GuardTally.Private] = 10_000 },
        HalfAMinute,
        new() { UnansweredPerMinute = 0, UnansweredUdpPerMinute = 0, RefusedPerMinute = 0 }));

    [Fact]
    public void Take_FirstReading_SaysNothingOfWhatAnEarlierRunHasSeen()
    {
        var sut = new GuardReadings(_time);

        Assert.Empty(Take(sut, 50));
        Assert.Empty(Take(sut, 50));
        Assert.Empty(sut.Totals());
    }

    [Fact]
    public void Take_Growth_IsAddedUp_AndNewsOnlyOnce()
    {
        var sut = new GuardReadings(_time);
        Take(sut, 5);

        var first = Assert.Single(Take(sut, 7));
        var firstAt = _time.GetUtcNow();
        var second = Assert.Single(Take(sut, 10));

        Assert.Equal((2, true), (first.Signal.Count, first.IsNews));
        Assert.Equal((5, false, firstAt), (second.Signal.Count, second.IsNews, second.Signal.FirstSeenAt));
        Assert.Equal([(Build.Lease, GuardTally.Mail, 5L)], sut.Totals());
        Assert.Contains("5 times", Assert.Single(sut.Of(Build.Lease)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_TableLoadedAnew_CountsFromZero()
    {
        var sut = new GuardReadings(_time);
        Take(sut, 100);

        Assert.Equal(3, Assert.Single(Take(sut, 3)).Signal.Count);
    }

    [Fact]
    public void Take_LeaseGone_IsForgotten()
    {
        var sut = new GuardReadings(_time);
        Take(sut, 0);
        Take(sut, 9);

        _time.Advance(HalfAMinute);
        sut.Take([], [], _options);

        Assert.Empty(sut.Totals());
        Assert.Empty(sut.Signals());
    }

    [Fact]
    public void Restore_WhatAnEarlierRunTold_GrowsOn()
    {
        var sut = new GuardReadings(_time);
        var longAgo = _time.GetUtcNow() - TimeSpan.FromDays(1);
        sut.Restore(Build.Lease, TenantSignal.Of(TenantSignalKind.Mail, longAgo, longAgo, 40));
        Take(sut, 5);

        var told = Assert.Single(Take(sut, 7));

        Assert.Equal((42, false, longAgo), (told.Signal.Count, told.IsNews, told.Signal.FirstSeenAt));
    }

    private IReadOnlyList<(LeaseId Lease, TenantSignal Signal, bool IsNews)> Take(GuardReadings sut, long mails)
    {
        _time.Advance(HalfAMinute);
        return sut.Take([new(WorkloadNames.Bridge(Build.Lease), GuardTally.Mail, mails), new("lt-ffffffff", GuardTally.Mail, 1_000)], [Build.Lease], _options);
    }
}
