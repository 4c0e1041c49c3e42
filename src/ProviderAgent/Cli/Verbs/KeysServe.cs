using System.CommandLine;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Keys.Remote;
using ProviderAgent.Hosting;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>keys serve</c>: the process that has the key, for a daemon that has none.</summary>
internal sealed class KeysServe : IVerb
{
    public Command Create(CliContext context)
    {
        var keys = new KeyOptions();
        var socket = new Option<string?>("--socket") { Description = "Listen on this path instead of on the socket that systemd hands over", HelpName = "FILE" };
        var file = new Option<string?>("--file") { Description = "The key file", HelpName = "FILE" };
        var credential = new Option<string?>("--credential") { Description = "Name of the systemd credential with the key", HelpName = "NAME" };
        var passwordCredential = new Option<string?>("--password-credential") { Description = "Name of the systemd credential with the password of an encrypted key", HelpName = "NAME" };
        var network = new Option<string>("--network") { Description = "Sign for this network only, for example akashnet-2", DefaultValueFactory = _ => "" };
        var maxFee = new Option<string>("--max-fee") { Description = "Highest fee of one transaction", DefaultValueFactory = _ => "1000000uakt" };
        var verb = new Command("serve", "Sign what a provider sends, and nothing else, for whoever may open the socket") { socket, file, credential, passwordCredential, network, maxFee };
        keys.AddTo(verb);
        verb.SetAction(async (parsed, ct) =>
        {
            var (path, name) = (parsed.GetValue(file), parsed.GetValue(credential));
            if ((path is null) == (name is null)) throw new ExitException(ExitCode.Usage, "exactly one of --file and --credential must be given");
            if (!Coin.TryParse(parsed.GetValue(maxFee), out var limit) || limit.Amount <= 0)
                throw new ExitException(ExitCode.Usage, $"--max-fee must be an amount with its coin such as 1000000uakt, was '{parsed.GetValue(maxFee)}'");
            using var loggers = LoggerFactory.Create(logging => logging.AddAgentLogging(LogLevel.Information));
            using var key = SignerLoader.LoadKey(keys.ToChainOptions(parsed, path, name, parsed.GetValue(passwordCredential)));
            using var listener = parsed.GetValue(socket) is { } at ? UnitSocket.Bind(at) : UnitSocket.Passed("provider-agent-signer.socket");
            var policy = new SigningPolicy(key.Address, limit, parsed.GetValue(network) ?? "");
            try
            {
                await new SignerServer(key, policy, TimeProvider.System, loggers.CreateLogger<SignerServer>()).RunAsync(listener, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // told to stop
            }

            return (int)ExitCode.Done;
        });
        return verb;
    }
}
