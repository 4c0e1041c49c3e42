namespace ProviderAgent.Devnet.Transactions;

/// <summary>Why a transaction is run.</summary>
internal enum TxMode
{
    /// <summary>May it enter the mempool? Signature, fee and sequence count; messages are only looked at.</summary>
    Check,

    /// <summary>May it stay there after a block? As before, but the signature is known to be right.</summary>
    Recheck,

    /// <summary>What would it do? Neither signature, gas limit nor least fee count.</summary>
    Simulate,

    /// <summary>It is in a block.</summary>
    Deliver,
}
