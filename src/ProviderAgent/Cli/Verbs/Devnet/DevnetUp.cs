using System.CommandLine;
using Microsoft.Extensions.Options;
using ProviderAgent.Config;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs.Devnet;

/// <summary><c>devnet up</c>: runs a local chain until it is told to stop.</summary>
internal static class DevnetUp
{
    public static Command Create(CliContext context, DevnetVerbOptions options)
    {
        var listen = new Option<string>("--listen") { Description = "Address and port of the RPC", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:26657" };
        var grpc = new Option<string>("--grpc") { Description = "Address and port of gRPC, for example 127.0.0.1:9090; none by default", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "" };
        var blockTime = new Option<string>("--block-time") { Description = "Pace of blocks", HelpName = "DURATION", DefaultValueFactory = _ => "6s" };
        var chainId = new Option<string>("--chain-id") { Description = "Name of the network", HelpName = "NAME", DefaultValueFactory = _ => "devnet-1" };
        var reset = new Option<bool>("--reset") { Description = "Forget the chain in the folder, keys included, and start a new one" };
        var verbose = new Option<bool>("--verbose") { Description = "Log every block" };
        var verb = new Command("up", "Run a local chain that speaks the real one's wire; it goes on where it stopped") { listen, grpc, blockTime, chainId, reset, verbose };
        verb.SetAction(async (parsed, ct) =>
        {
            if (!ValueText.TryRead(typeof(TimeSpan), parsed.GetRequiredValue(blockTime), out var pace, out var expected))
                throw new ExitException(ExitCode.Usage, $"--block-time: '{parsed.GetRequiredValue(blockTime)}' is not {expected}");
            var home = Path.GetFullPath(parsed.GetRequiredValue(options.Home));
            if (parsed.GetValue(reset)) Forget(home);
            using var loggers = LoggerFactory.Create(logging => logging.AddAgentLogging(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Warning));
            var settings = new DevnetOptions
            {
                Home = home,
                Listen = parsed.GetRequiredValue(listen),
                GrpcListen = parsed.GetRequiredValue(grpc),
                BlockTime = (TimeSpan)(pace ?? TimeSpan.Zero),
                ChainId = parsed.GetRequiredValue(chainId),
            };
            await using var chain = await StartAsync(settings, loggers, ct);
            var folder = DevnetHome.Open(home);
            var report = new DevnetView(
                1, chain.ChainId, chain.RpcAddress.OriginalString, chain.Height, chain.ProviderKey.Address.Value, folder.ProviderKeyFile, chain.TenantKey.Address.Value, folder.TenantKeyFile);
            context.Print(parsed, report, DevnetJson.Default.DevnetView, Write);
            await context.Output.FlushAsync(ct);
            await chain.Completion.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ct.IsCancellationRequested) await chain.Completion;
            return (int)ExitCode.Done;
        });
        return verb;
    }

    private static async Task<DevnetChain> StartAsync(DevnetOptions settings, ILoggerFactory loggers, CancellationToken ct)
    {
        try
        {
            return await DevnetChain.StartAsync(settings, loggers: loggers, ct: ct);
        }
        catch (OptionsValidationException error)
        {
            throw new ExitException(ExitCode.Usage, string.Join("; ", error.Failures), error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitCode.Failed, $"the local chain cannot start: {error.Message}", error);
        }
    }

    /// <summary>Removes what a chain's folder holds, and nothing else that may be in it.</summary>
    private static void Forget(string home)
    {
        if (!DevnetHome.Exists(home)) return;
        File.Delete(Path.Combine(home, "genesis.json"));
        File.Delete(Path.Combine(home, "blocks"));
        foreach (var key in Directory.GetFiles(home, "*.key")) File.Delete(key);
    }

    private static void Write(TextWriter output, DevnetView view)
    {
        output.WriteLine($"local chain {view.ChainId} at {view.Rpc}, block {view.Height}");
        output.WriteLine($"  provider  {view.Provider}  {view.ProviderKey}");
        output.WriteLine($"  tenant    {view.Tenant}  {view.TenantKey}");
        output.WriteLine("Ctrl-C stops it; what happened on it is kept.");
    }
}
