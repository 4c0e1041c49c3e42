using System.CommandLine;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs.Devnet;

/// <summary><c>devnet</c>: a local chain for trying things out, and the tenant's side of a trade on it.</summary>
internal sealed class DevnetVerb : IVerb
{
    public Command Create(CliContext context)
    {
        var options = new DevnetVerbOptions();
        return new("devnet", "A local chain to try things out on, and a tenant on it")
        {
            options.Home,
            options.Node,
            options.Key,
            DevnetUp.Create(context, options),
            DevnetTenantVerbs.Deploy(context, options),
            DevnetTenantVerbs.Bids(context, options),
            DevnetTenantVerbs.Accept(context, options),
            DevnetTenantVerbs.SendManifest(context, options),
            DevnetLeaseVerbs.Status(context, options),
            DevnetLeaseVerbs.Logs(context, options),
            DevnetTenantVerbs.Update(context, options),
            DevnetTenantVerbs.Deposit(context, options),
            DevnetTenantVerbs.Close(context, options),
            DevnetTenantVerbs.Balance(context, options),
        };
    }
}

/// <summary>What all <c>devnet</c> verbs take.</summary>
internal sealed class DevnetVerbOptions
{
    /// <summary>Where a local chain keeps its keys and blocks when nothing else is said.</summary>
    private static readonly string DefaultHome = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "provider-agent-devnet");

    public Option<string> Home { get; } = new("--home")
    {
        Description = "Folder of the chain's keys and blocks",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => DefaultHome,
    };

    public Option<string> Node { get; } = new("--node")
    {
        Description = "RPC address of the chain that the tenant talks to",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => "http://127.0.0.1:26657",
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = "The tenant's key file (default: tenant.key in the chain's folder)",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Acts as the tenant, and turns its failures into messages and exit codes.</summary>
    /// <exception cref="ExitException">The tenant's action did not happen.</exception>
    public async Task<int> AsTenantAsync(ParseResult parsed, Func<DevnetTenant, Task> act)
    {
        if (!Uri.TryCreate(parsed.GetRequiredValue(Node), UriKind.Absolute, out var rpc) || rpc.Scheme is not ("http" or "https"))
            throw new ExitException(ExitCode.Usage, $"--node: '{parsed.GetRequiredValue(Node)}' is not an address such as http://127.0.0.1:26657");
        var ofHome = Path.Combine(parsed.GetRequiredValue(Home), "tenant.key");
        if (parsed.GetValue(Key) is null && !File.Exists(ofHome))
            throw new ExitException(ExitCode.Keys, $"there is no {ofHome}: start a chain with 'provider-agent devnet up', or say with --home or --key where the tenant's key is");
        using var key = KeyFile.Load(parsed.GetValue(Key) ?? ofHome);
        using var tenant = new DevnetTenant(key, new TenantOptions { Rpc = rpc });
        try
        {
            await act(tenant);
            return (int)ExitCode.Done;
        }
        catch (TenantException error)
        {
            var isChain = error.Failure is TenantFailure.NodeUnavailable or TenantFailure.Refused or TenantFailure.NotIncluded;
            throw new ExitException(isChain ? ExitCode.Chain : ExitCode.Failed, error.Message, error);
        }
    }
}
