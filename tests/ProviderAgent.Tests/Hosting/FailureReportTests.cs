using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Docker;
using ProviderAgent.Hosting;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.ProviderAgent.Tests.Hosting;

public sealed class FailureReportTests
{
    public static TheoryData<Exception, ExitCode> Failures => new()
    {
        { new ExitException(ExitCode.Refused, "cause"), ExitCode.Refused },
        { new KeyException("cause"), ExitCode.Keys },
        { new MarketUnavailableException("cause"), ExitCode.Chain },
        { new EngineProtocolException("cause"), ExitCode.Engine },
        { new AggregateException(new KeyException("cause")), ExitCode.Keys },
        { new AggregateException(new AggregateException(new MarketUnavailableException("cause"))), ExitCode.Chain },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Of_KnownFailure_HasItsCodeAndOnlyTheCause(Exception error, ExitCode code) => Assert.Equal((code, "cause"), FailureReport.Of(error));

    [Fact]
    public void Of_EngineThatCannotKeepTenantsApart_IsTheEnginesFault() =>
        Assert.Equal((ExitCode.Engine, "the container engine lacks what leases need: seccomp; quota"), FailureReport.Of(new EngineUnfitException(["seccomp", "quota"])));

    [Fact]
    public async Task Of_StateOwnedByAnotherDaemon_IsARefusal()
    {
        using var folder = new TempFolder();
        await using var owner = LedgerDatabase.Open(folder.Path, TimeProvider.System, NullLogger<LedgerDatabase>.Instance);

        var error = Assert.ThrowsAny<LedgerException>(() => LedgerDatabase.Open(folder.Path, TimeProvider.System, NullLogger<LedgerDatabase>.Instance));

        Assert.Equal(ExitCode.Refused, FailureReport.Of(error).Code);
    }

    [Fact]
    public void Of_StateThatCannotBeUsed_IsTheLedgersFault()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("state"), "a file where a folder should be");

        var error = Assert.ThrowsAny<LedgerException>(() => LedgerDatabase.Open(folder.File("state"), TimeProvider.System, NullLogger<LedgerDatabase>.Instance));

        Assert.Equal(ExitCode.Ledger, FailureReport.Of(error).Code);
    }

    [Fact]
    public void Of_Interruption_IsNoCrash() => Assert.Equal((ExitCode.Failed, "interrupted"), FailureReport.Of(new TaskCanceledException()));

    [Fact]
    public void Of_Defect_ShowsWhereItHappened()
    {
        var (code, message) = FailureReport.Of(new InvalidOperationException("broken"));

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("InvalidOperationException: broken", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralFailures_IsNotReducedToOne() =>
        Assert.Equal(ExitCode.Failed, FailureReport.Of(new AggregateException(new KeyException("a"), new MarketUnavailableException("b"))).Code);
}
