namespace ProviderAgent.Inventory;

/// <summary>Programs that run on the device during a self-test, in the assembly language that every driver compiles for its own hardware.</summary>
/// <remarks>
/// All work on words of 32 bits, one thread for each of a stride, so that any number of words can be covered by any grid.
/// <c>pa_fill(words, count, seed)</c> writes <c>mix(i ^ seed)</c> into word i. <c>pa_check(words, count, seed, errors)</c> counts the words
/// that hold something else. <c>pa_compute(words, count, rounds)</c> replaces each word by what <c>rounds</c> turns of a linear congruential
/// generator make of it. The same is computed on the processor in <see cref="Mix"/> and <see cref="Turn"/>.
/// </remarks>
internal static class SelfTestKernels
{
    public const uint MixFactor = 2654435761;
    public const uint TurnFactor = 1664525;
    public const uint TurnTerm = 1013904223;

    /// <summary>What <c>pa_fill</c> writes into word <paramref name="index"/>.</summary>
    public static uint Mix(uint index, uint seed)
    {
        var x = (index ^ seed) * MixFactor;
        return x ^ (x >> 15);
    }

    /// <summary>What <c>pa_compute</c> makes of a word.</summary>
    public static uint Turn(uint word, uint rounds)
    {
        for (uint i = 0; i < rounds; i++) word = word * TurnFactor + TurnTerm;
        return word;
    }

    /// <summary>For compute capability 3.5 and up; ends with a zero, as the driver wants it.</summary>
    public static ReadOnlySpan<byte> Ptx =>
        """
        .version 6.0
        .target sm_35
        .address_size 64

        .visible .entry pa_fill(.param .u64 words, .param .u64 count, .param .u32 seed)
        {
            .reg .pred %p<3>;
            .reg .b32 %r<12>;
            .reg .b64 %rd<10>;
            ld.param.u64 %rd1, [words];
            ld.param.u64 %rd2, [count];
            ld.param.u32 %r1, [seed];
            cvta.to.global.u64 %rd1, %rd1;
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mul.wide.u32 %rd3, %r2, %r3;
            cvt.u64.u32 %rd4, %r4;
            add.u64 %rd3, %rd3, %rd4;
            mov.u32 %r5, %nctaid.x;
            mul.wide.u32 %rd5, %r5, %r3;
        FILL_NEXT:
            setp.ge.u64 %p1, %rd3, %rd2;
            @%p1 bra FILL_DONE;
            cvt.u32.u64 %r6, %rd3;
            xor.b32 %r6, %r6, %r1;
            mul.lo.u32 %r6, %r6, 2654435761;
            shr.u32 %r7, %r6, 15;
            xor.b32 %r6, %r6, %r7;
            shl.b64 %rd6, %rd3, 2;
            add.u64 %rd6, %rd1, %rd6;
            st.global.u32 [%rd6], %r6;
            add.u64 %rd3, %rd3, %rd5;
            bra FILL_NEXT;
        FILL_DONE:
            ret;
        }

        .visible .entry pa_check(.param .u64 words, .param .u64 count, .param .u32 seed, .param .u64 errors)
        {
            .reg .pred %p<3>;
            .reg .b32 %r<12>;
            .reg .b64 %rd<10>;
            ld.param.u64 %rd1, [words];
            ld.param.u64 %rd2, [count];
            ld.param.u32 %r1, [seed];
            ld.param.u64 %rd7, [errors];
            cvta.to.global.u64 %rd1, %rd1;
            cvta.to.global.u64 %rd7, %rd7;
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mul.wide.u32 %rd3, %r2, %r3;
            cvt.u64.u32 %rd4, %r4;
            add.u64 %rd3, %rd3, %rd4;
            mov.u32 %r5, %nctaid.x;
            mul.wide.u32 %rd5, %r5, %r3;
        CHECK_NEXT:
            setp.ge.u64 %p1, %rd3, %rd2;
            @%p1 bra CHECK_DONE;
            cvt.u32.u64 %r6, %rd3;
            xor.b32 %r6, %r6, %r1;
            mul.lo.u32 %r6, %r6, 2654435761;
            shr.u32 %r7, %r6, 15;
            xor.b32 %r6, %r6, %r7;
            shl.b64 %rd6, %rd3, 2;
            add.u64 %rd6, %rd1, %rd6;
            ld.global.u32 %r8, [%rd6];
            setp.eq.u32 %p2, %r8, %r6;
            @%p2 bra CHECK_GOOD;
            atom.global.add.u32 %r9, [%rd7], 1;
        CHECK_GOOD:
            add.u64 %rd3, %rd3, %rd5;
            bra CHECK_NEXT;
        CHECK_DONE:
            ret;
        }

        .visible .entry pa_compute(.param .u64 words, .param .u64 count, .param .u32 rounds)
        {
            .reg .pred %p<3>;
            .reg .b32 %r<12>;
            .reg .b64 %rd<10>;
            ld.param.u64 %rd1, [words];
            ld.param.u64 %rd2, [count];
            ld.param.u32 %r1, [rounds];
            cvta.to.global.u64 %rd1, %rd1;
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mul.wide.u32 %rd3, %r2, %r3;
            cvt.u64.u32 %rd4, %r4;
            add.u64 %rd3, %rd3, %rd4;
            mov.u32 %r5, %nctaid.x;
            mul.wide.u32 %rd5, %r5, %r3;
        COMPUTE_NEXT:
            setp.ge.u64 %p1, %rd3, %rd2;
            @%p1 bra COMPUTE_DONE;
            shl.b64 %rd6, %rd3, 2;
            add.u64 %rd6, %rd1, %rd6;
            ld.global.u32 %r6, [%rd6];
            mov.u32 %r7, 0;
        COMPUTE_ROUND:
            setp.ge.u32 %p2, %r7, %r1;
            @%p2 bra COMPUTE_STORE;
            mad.lo.u32 %r6, %r6, 1664525, 1013904223;
            add.u32 %r7, %r7, 1;
            bra COMPUTE_ROUND;
        COMPUTE_STORE:
            st.global.u32 [%rd6], %r6;
            add.u64 %rd3, %rd3, %rd5;
            bra COMPUTE_NEXT;
        COMPUTE_DONE:
            ret;
        }

        """u8;
}
