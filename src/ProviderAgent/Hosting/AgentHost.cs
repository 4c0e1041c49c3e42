using ProviderAgent.Config;
using ProviderAgent.Gateway;

namespace ProviderAgent.Hosting;

/// <summary>Runs the daemon from start to end.</summary>
internal static class AgentHost
{
    /// <summary>Longest wait for loops to come to a safe point at the end. Nothing is closed or stopped on the way out.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    public static IHost Build(AgentOptions options, ConfigSources sources, LogLevel least)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddAgentLogging(least);
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = ShutdownTimeout;
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        builder.Services.AddAgent(options, sources);
        return builder.Build();
    }

    /// <summary>Runs until SIGTERM, Ctrl-C or until a loop fails.</summary>
    /// <exception cref="Exception">Why it could not start, or what made a loop fail.</exception>
    public static async Task RunAsync(IHost host, CancellationToken ct)
    {
        var loops = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        try
        {
            await host.RunAsync(ct);
        }
        catch (GatewayListenException error)
        {
            throw new ExitException(ExitCode.Configuration, error.Message, error);
        }

        foreach (var loop in loops)
        {
            if (loop.ExecuteTask is { IsFaulted: true, Exception.InnerException: { } failure }) throw failure;
        }
    }
}
