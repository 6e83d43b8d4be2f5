using System.Data.Common;
using BlazorChat.Accounts;

namespace BlazorChat.Components.Account;

/// <summary>What is wrong with a posted form: by field, and as a whole.</summary>
public sealed class FormErrors
{
    private readonly Dictionary<string, string> _fields = [];

    /// <summary>What belongs to no field.</summary>
    public string? Summary { get; private set; }

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => Summary is not null || _fields.Count > 0;

    /// <summary>What is wrong with a field.</summary>
    public string? this[string field] => _fields.GetValueOrDefault(field);

    /// <summary>Applies one rule, so that every field's error shows at once and not one a round.</summary>
    public void Check(Action rule)
    {
        try
        {
            rule();
        }
        catch (RefusedException e)
        {
            Add(e);
        }
    }

    /// <summary>Does what the form asks for; <see langword="false"/> if it was refused.</summary>
    public async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (RefusedException e)
        {
            Add(e);
        }
        catch (Exception e) when (e is DbException || e.InnerException is DbException)
        {
            Summary = "This could not be stored just now. Try again in a moment.";
        }

        return false;
    }

    private void Add(RefusedException e)
    {
        if (e.Field is null)
        {
            Summary = e.Message;
        }
        else
        {
            _fields.TryAdd(e.Field, e.Message);
        }
    }
}
