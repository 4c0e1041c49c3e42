using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Auth;

namespace ProviderAgent.Chain.Sending;

/// <summary>Number and sequence of the account that signs. Belongs to the sender's worker.</summary>
internal sealed class SigningAccount(AbciReader reader, EndpointPool pool, ISigner signer)
{
    private ulong? _number;
    private ulong? _next;

    /// <summary>True once the account is known to exist and no doubt about its sequence has come up since.</summary>
    public bool IsInSync => _number is not null && _next is not null;

    /// <summary>What the next transaction is signed with.</summary>
    /// <exception cref="InvalidOperationException">Not in sync.</exception>
    public SigningContext Next => _number is { } number && _next is { } next
        ? new(pool.Network, number, next)
        : throw new InvalidOperationException("the account's sequence is not known");

    /// <summary>Reads number and sequence from the chain.</summary>
    /// <returns>False when the chain knows no such account, because it never received anything.</returns>
    /// <exception cref="Marketplace.MarketUnavailableException">The chain could not be asked.</exception>
    public async Task<bool> SyncAsync(CancellationToken ct)
    {
        var (account, _) = await FindAsync(ct);
        if (account is null) return false;
        (_number, _next) = (account.AccountNumber, account.Sequence);
        return true;
    }

    /// <summary>Sequence that the chain expects next by a committed state, and the block of that state (0 when the endpoint does not say).</summary>
    /// <exception cref="Marketplace.MarketUnavailableException">The chain could not be asked.</exception>
    public async Task<(ulong Sequence, long Height)> CommittedSequenceAsync(CancellationToken ct)
    {
        var (account, height) = await FindAsync(ct);
        return (account?.Sequence ?? 0, height);
    }

    /// <summary>One sequence was used.</summary>
    public void Advance() => _next++;

    /// <summary>A node expects another sequence, for example because another program uses the same key.</summary>
    public void Expect(ulong sequence) => _next = sequence;

    /// <summary>Reads again before the next use.</summary>
    public void Forget() => (_number, _next) = (null, null);

    private async Task<(BaseAccount? Account, long Height)> FindAsync(CancellationToken ct)
    {
        var request = new QueryAccountInfoRequest { Address = signer.Address.Value };
        var (answer, height) = await reader.FindAtAsync(QueryPaths.AccountInfo, request, QueryAccountInfoResponse.Parser, ct);
        return answer?.Info is not { Sequence: > long.MaxValue }
            ? (answer?.Info, height)
            : throw new Marketplace.MarketUnavailableException("an endpoint gives a sequence that no account can reach");
    }
}
