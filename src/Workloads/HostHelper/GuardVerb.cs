using System.Net;

namespace ProviderAgent.Workloads;

/// <summary><c>apply-guard</c>: puts the firewall between tenants and everything that is not theirs.</summary>
public sealed class GuardVerb : IHostHelperVerb, IDisposable
{
    /// <summary>Name of the verb.</summary>
    public const string VerbName = "apply-guard";

    private const int MaxResolvers = 16;

    private readonly NftGuard _guard;

    public GuardVerb(NftCommand nft, TimeProvider time) => _guard = new(nft, time);

    /// <inheritdoc/>
    public string Name => VerbName;

    /// <inheritdoc/>
    public async Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct)
    {
        if (request.Guard is not { Bridges: not null, Resolvers: { Count: <= MaxResolvers } resolvers } arguments)
            throw new HostHelperException($"apply-guard needs bridges and at most {MaxResolvers} resolvers");
        var addresses = resolvers.Select(text => IPAddress.TryParse(text, out var address) ? address : IPAddress.IPv6None).ToArray();
        try
        {
            await _guard.EnsureAsync(new(arguments.Bridges, addresses, arguments.AllowMail), ct);
            return HostHelperAnswer.Done;
        }
        catch (Exception error) when (error is ArgumentException or NetworkGuardException)
        {
            throw new HostHelperException(error.Message, error);
        }
    }

    public void Dispose() => _guard.Dispose();
}
