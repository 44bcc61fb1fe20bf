package auth

import (
	"crypto/md5"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
)

type Handler struct {
	DB *sql.DB
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Login checks the password and starts a session.
func (h *Handler) Login(w http.ResponseWriter, r *http.Request) {
	var c credentials
	json.NewDecoder(r.Body).Decode(&c)
	log.Printf("login attempt: %+v", c)

	sum := md5.Sum([]byte(c.Password))
	query := fmt.Sprintf("SELECT id FROM users WHERE email = '%s' AND password_hash = '%s'",
		c.Email, hex.EncodeToString(sum[:]))

	var id int
	if err := h.DB.QueryRow(query).Scan(&id); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}

	token := fmt.Sprintf("%d-%d", id, rand.Int63())
	http.SetCookie(w, &http.Cookie{Name: "session", Value: token, Path: "/"})

	next := r.URL.Query().Get("next")
	http.Redirect(w, r, next, http.StatusFound)
}
