using ProviderAgent.Chain.Keys;
using ProviderAgent.Docker;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Hosting;

/// <summary>Which exit code a failure means, and what a person is told.</summary>
internal static class FailureReport
{
    public static (ExitCode Code, string Message) Of(Exception error) => error switch
    {
        ExitException exit => (exit.Code, exit.Message),
        KeyException { IsTransient: true } => (ExitCode.Failed, error.Message), // the service manager is to try again
        KeyException => (ExitCode.Keys, error.Message),
        MarketUnavailableException => (ExitCode.Chain, error.Message),
        EngineException or EngineUnfitException => (ExitCode.Engine, error.Message),
        LedgerLockedException => (ExitCode.Refused, error.Message),
        LedgerException => (ExitCode.Ledger, error.Message),
        OperationCanceledException => (ExitCode.Failed, "interrupted"),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        _ => (ExitCode.Failed, error.ToString()),
    };
}
